import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/api-error.ts';
import type { StreamEvent } from '../model/apply-event.ts';
import type { ResponseBody } from '../model/turn.ts';
import { followResponse, type FollowWays, type LinkState } from './follow-response.ts';

const last = 9;

/** A stored answer of ten events, and a network that does what each attempt says. */
function world(attempts: readonly (number | ApiError)[], fetched: string = 'in_progress') {
  const taken: number[] = [];
  const links: LinkState[] = [];
  const opened: number[] = [];
  const waits: number[] = [];
  let settled: ResponseBody | null = null;
  const turn = {
    lastSequence: () => taken.at(-1) ?? -1,
    isOpen: () => taken.at(-1) !== last && settled === null,
    take(event: StreamEvent) {
      if (event.sequence_number > (taken.at(-1) ?? -1) + 1) return 'gap' as const;
      if (event.sequence_number > (taken.at(-1) ?? -1)) taken.push(event.sequence_number);
      return 'applied' as const;
    },
    settle: (response: ResponseBody) => (settled = response),
    link: (state: LinkState) => links.push(state),
  };
  const ways: FollowWays = {
    async open(after) {
      const attempt = attempts[opened.length];
      opened.push(after);
      if (attempt instanceof ApiError) throw attempt;
      return events(after, attempt ?? 99);
    },
    fetch: async () => ({ status: fetched }) as ResponseBody,
    wait: async (ms) => void waits.push(ms),
    chance: () => 0.5,
    signal: new AbortController().signal,
  };
  return { turn, ways, taken, links, opened, waits, settled: () => settled };
}

async function* events(after: number, count: number): AsyncGenerator<string> {
  for (let at = after + 1; at <= Math.min(last, after + count); at++) {
    yield JSON.stringify({ type: 'x', sequence_number: at });
  }
}

const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const failed = (status: number): ApiError => new ApiError('no', { code: 'x', status });

test('a stream that breaks is opened again after the last event that is known', async () => {
  const { turn, ways, taken, opened, links } = world([3, 2, 99]);
  await followResponse(turn, ways);
  assert.deepEqual(taken, all);
  assert.deepEqual(opened, [-1, 2, 4]);
  assert.deepEqual(links, ['streaming', 'reconnecting', 'streaming', 'reconnecting', 'streaming']);
});

test('servers that are away or broken are asked again, later each time', async () => {
  const { turn, ways, taken, waits } = world([failed(0), failed(503), failed(502), failed(429), 99]);
  await followResponse(turn, ways);
  assert.deepEqual(taken, all);
  assert.equal(waits.length, 4);
  assert.ok(waits.every((wait, index) => index === 0 || wait > (waits[index - 1] ?? 0)));
});

test('a refusal is the end: the answer is lost', async () => {
  const { turn, ways, links, opened } = world([failed(404)]);
  await followResponse(turn, ways);
  assert.deepEqual(links, ['lost']);
  assert.equal(opened.length, 1);
});

test('an answer that ended meanwhile is fetched whole where its stream has nothing', async () => {
  const { turn, ways, settled } = world([4, 0], 'completed');
  await followResponse(turn, ways);
  assert.equal(settled()?.status, 'completed');
});

test('a gap opens the stream again', async () => {
  const { turn, ways, taken, opened } = world([99]);
  const gap = events(4, 3);
  await followResponse(turn, ways, gap);
  assert.deepEqual(taken, all);
  assert.deepEqual(opened, [-1]);
});

test('nobody is followed who is not wanted any more', async () => {
  const { turn, ways, opened } = world([]);
  await followResponse(turn, { ...ways, signal: AbortSignal.abort() });
  assert.equal(opened.length, 0);
});
