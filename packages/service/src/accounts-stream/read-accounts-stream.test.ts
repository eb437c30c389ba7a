import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultProjectLimits, type KeyRecord, noKeyLimits, streamKey } from '@kumiki/api';
import fc from 'fast-check';
import { type AccountsState, UnreadableStream } from './accounts-state.ts';
import { readAccountsStream } from './read-accounts-stream.ts';

const key = (id: string): KeyRecord => ({
  id,
  name: `${id} é組`,
  project: 'p',
  hash: 'ab'.repeat(32),
  roles: ['inference'],
  models: ['m'],
  limits: noKeyLimits,
  expiresAt: null,
});
const keyItem = (id: string, gone = false) => ({ kind: 'key', id, value: gone ? null : streamKey(key(id)) });
const session = { id: 's', hash: 'cd'.repeat(32), key_id: 'a', created_at: 1, expires_at: 2 };

const whole = [
  { type: 'begin', version: 1, number: 7 },
  { type: 'item', item: keyItem('a') },
  { type: 'item', item: { kind: 'session', id: 's', value: session } },
  { type: 'item', item: { kind: 'project_limits', id: 'p', value: defaultProjectLimits } },
  { type: 'end', count: 3 },
];

/** Reads lines, cut into pieces of these sizes. */
async function read(lines: readonly unknown[], sizes: readonly number[] = []) {
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  async function* pieces() {
    let at = 0;
    for (const size of sizes) {
      yield bytes.subarray(at, at + size);
      at += size;
    }
    yield bytes.subarray(at);
  }
  let state: AccountsState | null = null;
  let last = 0;
  let wholes = 0;
  const ages: number[] = [];
  const touched = new Set<string>();
  const failure = await readAccountsStream(pieces(), {
    whole(next, number) {
      state = next;
      last = number;
      wholes++;
    },
    changed(parts, number) {
      for (const part of parts) touched.add(part);
      last = number;
    },
    current: (ageMs) => ages.push(ageMs),
  }).then(
    () => null,
    (error: unknown) => error,
  );
  return { state: state as AccountsState | null, last, wholes, ages, touched: [...touched].toSorted(), failure };
}

test('the whole and its changes are read, wherever the bytes are cut', async () => {
  const lines = [
    ...whole,
    { type: 'heartbeat', number: 7, age_ms: 40 },
    { type: 'change', number: 8, item: keyItem('b') },
    { type: 'change', number: 9, item: keyItem('a', true) },
    { type: 'change', number: 10, item: { kind: 'session', id: 's', value: null } },
    { type: 'heartbeat', number: 10, age_ms: 0 },
  ];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 40 }), async (sizes) => {
      const { state, last, wholes, touched, ages, failure } = await read(lines, sizes);
      assert.equal(failure, null);
      assert.deepEqual([last, wholes, touched], [10, 1, ['keys', 'sessions']]);
      assert.ok(ages.includes(40));
      assert.deepEqual([...(state?.keys.values() ?? [])], [key('b')]);
      assert.equal(state?.sessions.size, 0);
      assert.deepEqual(state?.projectLimits.get('p'), { project: 'p', limits: defaultProjectLimits });
    }),
    { numRuns: 50 },
  );
});

test('a missing number ends it, whether a change or a sign of life tells of it', async () => {
  for (const line of [
    { type: 'change', number: 9, item: keyItem('b') },
    { type: 'change', number: 7, item: keyItem('b') },
    { type: 'heartbeat', number: 8, age_ms: 0 },
  ]) {
    const { failure, state } = await read([...whole, line]);
    assert.ok(failure instanceof Error && !(failure instanceof UnreadableStream), JSON.stringify(line));
    assert.deepEqual([...(state?.keys.keys() ?? [])], ['a'], 'what was there stays');
  }
});

test('a whole that is cut counts for nothing', async () => {
  for (let lines = 1; lines < whole.length; lines++) assert.equal((await read(whole.slice(0, lines))).wholes, 0);
  const short = [...whole.slice(0, 2), { type: 'end', count: 3 }];
  const { wholes, failure } = await read(short);
  assert.ok(failure instanceof Error);
  assert.equal(wholes, 0);
});

test('what a later version adds is passed over: types, kinds and members', async () => {
  const { state, last, failure } = await read([
    { ...whole[0], since: 'x' },
    { type: 'greeting', hello: 1 },
    ...whole.slice(1, 4),
    { type: 'item', item: { kind: 'budget', id: 'p', value: { money: 1 } } },
    { type: 'end', count: 4 },
    { type: 'change', number: 8, item: { kind: 'budget', id: 'p', value: null } },
    { type: 'change', number: 9, item: { ...keyItem('b'), because: 'x' } },
  ]);
  assert.equal(failure, null);
  assert.deepEqual([last, [...(state?.keys.keys() ?? [])]], [9, ['a', 'b']]);
});

test('what is no such stream, or one of another version, is told apart from a broken one', async () => {
  const wrong: readonly (readonly unknown[])[] = [
    [{ type: 'begin', version: 2, number: 0 }],
    ['text'],
    [{ type: 'begin', version: 1 }],
    [whole[0], { type: 'item', item: { kind: 'key', id: 'a', value: { id: 'a' } } }],
    [whole[1]],
    [{ type: 'greeting', text: 'x'.repeat(300_000) }],
  ];
  for (const lines of wrong) {
    const { failure } = await read(lines, [100_000, 100_000, 80_000]);
    assert.ok(failure instanceof UnreadableStream || lines === wrong.at(-1), JSON.stringify(lines).slice(0, 200));
  }
  const endless = await read(['x'.repeat(300_000)], [290_000]);
  assert.ok(endless.failure instanceof UnreadableStream);
});
