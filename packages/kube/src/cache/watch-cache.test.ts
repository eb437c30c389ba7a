import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom, until } from '@kumiki/testing';
import { createKubeClient } from '../client/kube-client.ts';
import type { KubeObject } from '../objects/kube-object.ts';
import { resources } from '../objects/resource-ref.ts';
import { type ModelServer, startModelServer } from '../testing/model-server.ts';
import { type WatchCache, type WatchCacheOptions, createWatchCache } from './watch-cache.ts';

/** A cache is at rest within milliseconds; a busy machine takes longer. */
const restMs = 20_000;
const backoff = { baseMs: 1, maxMs: 8 };
const valueOf = (object: KubeObject): number => (object['data'] as { value: number }).value;

interface Followed {
  readonly cache: WatchCache<number>;
  /** What a listener has built from the changes alone. */
  readonly built: Map<string, number>;
  readonly wrong: string[];
  stop(): Promise<void>;
}

function follow(server: ModelServer, random: () => number, options: Partial<WatchCacheOptions<number>> = {}): Followed {
  const client = createKubeClient({ access: server.access, fieldManager: 'test', backoff, random });
  const cache = createWatchCache({
    client,
    resource: resources.configMaps,
    keep: valueOf,
    backoff,
    random,
    pageSize: 3,
    ...options,
  });
  const built = new Map<string, number>();
  const wrong: string[] = [];
  cache.onChange(({ kind, entry }) => {
    const { name } = entry.key;
    if ((kind === 'added') === built.has(name)) wrong.push(`${kind} ${name}`);
    if (kind === 'removed') built.delete(name);
    else built.set(name, entry.kept);
  });
  cache.start();
  return {
    cache,
    built,
    wrong,
    async stop() {
      await cache.stop();
      client.close();
    },
  };
}

function contentOf(cache: WatchCache<number>): Record<string, number> {
  return Object.fromEntries([...cache.entries()].map(({ key, kept }) => [key.name, kept]));
}

const sorted = (record: Record<string, number>): [string, number][] =>
  Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
const isSame = (cache: WatchCache<number>, server: ModelServer): boolean =>
  JSON.stringify(sorted(contentOf(cache))) === JSON.stringify(sorted(server.state()));

/** One random thing that happens to a server or on the way to it. */
function step(server: ModelServer, cache: WatchCache<number>, random: () => number): void {
  const name = `object-${Math.floor(random() * 12)}`;
  const dice = random();
  if (dice < 0.45) server.put(name, Math.floor(random() * 1_000));
  else if (dice < 0.65) server.remove(name);
  else if (dice < 0.72) {
    server.remove(name);
    server.put(name, 7);
  } else if (dice < 0.78) server.cut(random() < 0.5);
  else if (dice < 0.82) server.compact();
  else if (dice < 0.86) server.expire();
  else if (dice < 0.92) server.bookmark();
  else if (dice < 0.96) server.failNext(1 + Math.floor(random() * 3), random() < 0.5 ? 503 : 429);
  else if (dice < 0.98) cache.relist();
  else {
    server.compact();
    server.cut(false);
  }
}

test('at rest the cache equals the server, whatever happened to lists and watches', async () => {
  const seeds = Number(process.env['KUMIKI_TEST_SEEDS'] ?? 25);
  const first = Math.floor(Math.random() * 1_000_000);
  for (let seed = first; seed < first + seeds; seed += 1) {
    const random = seededRandom(seed);
    const server = await startModelServer(random);
    for (let index = 0; index < 5; index += 1) server.put(`object-${index}`, index);
    const followed = follow(server, random);
    for (let round = 0; round < 80; round += 1) {
      step(server, followed.cache, random);
      if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
      if (random() < 0.05) await followed.cache.whenSynced();
    }
    await until(`the cache equals the server (seed ${seed})`, restMs, () => isSame(followed.cache, server));
    assert.deepEqual(sorted(Object.fromEntries(followed.built)), sorted(server.state()), `changes of seed ${seed}`);
    assert.deepEqual(followed.wrong, [], `changes of seed ${seed}`);
    await followed.stop();
    await server.close();
  }
});

test('a removal that no watch has sent is noticed by the next list', async () => {
  const random = seededRandom(1);
  const server = await startModelServer(random);
  for (const name of ['a', 'b', 'c', 'd']) server.put(name, 1);
  const followed = follow(server, random, { relistMs: 400 });
  await followed.cache.whenSynced();
  server.loseRemovals(true);
  server.remove('b');
  server.put('c', 2);
  await until('the later change is there', restMs, () => followed.cache.get({ namespace: 'test', name: 'c' }) === 2);
  await until('b is gone', restMs, () => followed.cache.get({ namespace: 'test', name: 'b' }) === null);
  assert.deepEqual(sorted(Object.fromEntries(followed.built)), sorted(server.state()));
  await followed.stop();
  await server.close();
});

test('a watch that is cut goes on from its version: no second list', async () => {
  const random = seededRandom(2);
  const server = await startModelServer(random);
  const followed = follow(server, random);
  await followed.cache.whenSynced();
  for (let round = 0; round < 5; round += 1) {
    server.put('a', round);
    await until('the change is there', restMs, () => isSame(followed.cache, server));
    const before = followed.cache.counts().watches;
    server.cut(true);
    await until('it watches again', restMs, () => followed.cache.counts().watches > before);
  }
  assert.equal(followed.cache.counts().lists, 1);
  await followed.stop();
  await server.close();
});

test('a bookmark lets the cache go on after a history that was compacted before its last event', async () => {
  const random = seededRandom(3);
  const server = await startModelServer(random);
  server.put('a', 1);
  const followed = follow(server, random);
  await until('it watches', restMs, () => server.openWatches() === 1);
  server.compact();
  server.bookmark();
  await until('the bookmark has come', restMs, () => followed.cache.version() === String(server.version()));
  server.cut(false);
  server.put('a', 2);
  await until('the change is there', restMs, () => isSame(followed.cache, server));
  assert.equal(followed.cache.counts().lists, 1);
  await followed.stop();
  await server.close();
});

test('a watch without a byte is given up after its idle limit', async () => {
  const random = seededRandom(4);
  const server = await startModelServer(random);
  const followed = follow(server, random, { watchIdleMs: 50 });
  await followed.cache.whenSynced();
  await until('it watches again', restMs, () => followed.cache.counts().watches >= 3);
  assert.equal(followed.cache.counts().lists, 1);
  assert.ok(followed.cache.counts().failures >= 2);
  await followed.stop();
  await server.close();
});

test('a listener that takes its time misses nothing: what follows waits in the connection', async () => {
  const random = seededRandom(5);
  const server = await startModelServer(random);
  const followed = follow(server, random);
  await followed.cache.whenSynced();
  const seen: number[] = [];
  followed.cache.onChange(({ entry }) => {
    seen.push(entry.kept);
    const until = performance.now() + 1;
    while (performance.now() < until);
  });
  await until('it watches', restMs, () => server.openWatches() === 1);
  for (let value = 0; value < 300; value += 1) server.put('a', value);
  await until('all is there', restMs, () => isSame(followed.cache, server));
  assert.deepEqual(
    seen.filter((value, at) => at > 0 && value < (seen[at - 1] ?? 0)),
    [],
  );
  await followed.stop();
  await server.close();
});

test('a cache that was stopped or never synced says so', async () => {
  const random = seededRandom(6);
  const server = await startModelServer(random);
  server.failNext(1_000, 403);
  const followed = follow(server, random);
  await until('it has tried', restMs, () => followed.cache.counts().failures >= 3);
  assert.equal(followed.cache.synced(), false);
  assert.equal(followed.cache.age(), Infinity);
  const waiting = followed.cache.whenSynced();
  await followed.stop();
  assert.equal(await waiting, false);
  await server.close();
});
