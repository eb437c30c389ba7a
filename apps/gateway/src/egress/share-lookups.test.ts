import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { maxOpenLookups, shareLookups } from './share-lookups.ts';

test('a name is resolved once for all who wait for it, and anew for the next', async () => {
  let calls = 0;
  const lookup = shareLookups(async (host) => {
    calls++;
    await setImmediate();
    return [`${host} ${calls}`];
  });
  assert.deepEqual(await Promise.all([lookup('a'), lookup('a'), lookup('a')]), [['a 1'], ['a 1'], ['a 1']]);
  assert.deepEqual(await lookup('a'), ['a 2']);
});

test('names that are never resolved hold few of the threads, and the others get the places that come free', async () => {
  const ends: (() => void)[] = [];
  let most = 0;
  let open = 0;
  const lookup = shareLookups(async () => {
    most = Math.max(most, ++open);
    await new Promise<void>((resolve) => ends.push(resolve));
    open--;
    return ['8.8.8.8'];
  });
  const all = Promise.all(Array.from({ length: 20 }, (_, at) => lookup(`host-${at}`)));
  for (let at = 0; at < 20; at++) {
    while (ends[at] === undefined) await setImmediate();
    assert.ok(open <= maxOpenLookups);
    ends[at]?.();
  }
  assert.equal((await all).length, 20);
  assert.equal(most, maxOpenLookups);
});

test('a lookup that fails fails for its own name alone, and frees its place', async () => {
  const lookup = shareLookups(async (host) => {
    if (host.startsWith('wrong')) throw new Error(host);
    return ['8.8.8.8'];
  });
  const results = await Promise.allSettled(['wrong-1', 'wrong-2', 'wrong-3', 'wrong-4', 'right'].map(lookup));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected', 'rejected', 'fulfilled'],
  );
});

test('more names than can wait are refused at once', async () => {
  const lookup = shareLookups(async () => new Promise(() => {}));
  for (let at = 0; at < maxOpenLookups + 64; at++) void lookup(`host-${at}`);
  await assert.rejects(lookup('one-more'), /too many names/);
});
