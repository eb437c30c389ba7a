import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, until } from '@kumiki/testing';
import { type WorkResult, createWorkQueue } from './work-queue.ts';

const limitMs = 20_000;
const done: WorkResult = { outcome: 'done' };

test('what is added while it waits is one run, while it runs one more', async () => {
  const runs: string[] = [];
  let release: (() => void) | null = null;
  const queue = createWorkQueue({
    concurrency: 1,
    async handle(key) {
      runs.push(key);
      if (runs.length === 1) await new Promise<void>((resolve) => (release = resolve));
      return done;
    },
  });
  queue.add('a');
  for (let round = 0; round < 5; round += 1) for (const key of ['a', 'b']) queue.add(key);
  await until('a runs', limitMs, () => release !== null);
  (release as (() => void) | null)?.();
  await until('all is done', limitMs, () => Object.values(queue.sizes()).every((size) => size === 0));
  assert.deepEqual(runs.toSorted(), ['a', 'a', 'b']);
  await queue.stop();
});

test('never two runs of a key at once, never more runs than the limit, and the last state is always worked on', async () => {
  const random = seededRandom(11);
  const wanted = new Map<string, number>();
  const worked = new Map<string, number>();
  const inWork = new Set<string>();
  let most = 0;
  const queue = createWorkQueue({
    concurrency: 3,
    random,
    backoff: { baseMs: 1, maxMs: 2 },
    async handle(key) {
      assert.ok(!inWork.has(key));
      inWork.add(key);
      most = Math.max(most, inWork.size);
      const seen = wanted.get(key) ?? 0;
      for (let turns = Math.floor(random() * 5); turns > 0; turns -= 1) await new Promise((go) => setImmediate(go));
      inWork.delete(key);
      if (random() < 0.2) throw new Error('by the test');
      if (random() < 0.2) return { outcome: 'failed' };
      worked.set(key, seen);
      return random() < 0.2 ? { outcome: 'again', afterMs: 1 } : done;
    },
  });
  for (let round = 0; round < 500; round += 1) {
    const key = `key-${Math.floor(random() * 8)}`;
    wanted.set(key, round);
    if (random() < 0.7) queue.add(key);
    else queue.addAfter(key, Math.floor(random() * 3));
    if (random() < 0.3) await new Promise((go) => setImmediate(go));
  }
  await until('all is done', limitMs, () => [...wanted].every(([key, value]) => worked.get(key) === value));
  assert.ok(most > 1 && most <= 3);
  await queue.stop();
});

test('a key that fails waits longer and longer, and no other key with it', async () => {
  const waits: number[] = [];
  let last = performance.now();
  const queue = createWorkQueue({
    concurrency: 2,
    backoff: { baseMs: 20, maxMs: 1_000 },
    random: () => 0.999,
    async handle(key) {
      if (key === 'good') return done;
      waits.push(performance.now() - last);
      last = performance.now();
      return { outcome: 'failed' };
    },
  });
  queue.add('bad');
  await until('it has failed four times', limitMs, () => queue.failures('bad') === 4);
  queue.add('good');
  await until('the other is done at once', limitMs, () => queue.sizes().running === 0);
  // A timer fires late on a busy machine and never a tick early.
  for (const [at, least] of [18, 38, 78].entries()) assert.ok((waits[at + 1] ?? 0) >= least, String(waits));
  await queue.stop();
  assert.equal(queue.failures('good'), 0);
});

test('a stop aborts what runs, waits for it, and takes up nothing', async () => {
  let ended = false;
  let runs = 0;
  const queue = createWorkQueue({
    concurrency: 1,
    async handle(_key, signal) {
      runs += 1;
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)));
      ended = true;
      return { outcome: 'failed' };
    },
  });
  for (const key of ['a', 'b', 'a']) queue.add(key);
  queue.addAfter('c', 1);
  await queue.stop();
  queue.add('d');
  assert.deepEqual([ended, runs, queue.sizes()], [true, 1, { ready: 0, later: 0, running: 0 }]);
});
