import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../objects/kube-object.ts';
import { type ExpectedCache, createExpectations } from './expectations.ts';

const key = { namespace: 'n', name: 'a' };

/** A cache whose content the test sets. */
function createCache(): ExpectedCache & { set(version: string, uid?: string): void; readonly relists: number } {
  let entry: ReturnType<ExpectedCache['entry']> = null;
  let version = '10';
  let relists = 0;
  const listeners = new Set<() => void>();
  return {
    entry: () => entry,
    version: () => version,
    relist: () => void (relists += 1),
    get relists() {
      return relists;
    },
    onProgress(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    set(next, uid) {
      version = next;
      entry = uid === undefined ? null : { key, uid, resourceVersion: next, deleting: false, kept: null };
      for (const listener of listeners) listener();
    },
  };
}

const written = (resourceVersion: string, uid = 'one'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...key, uid, resourceVersion },
});

test('a write is met by the object in its version or a later one, and by a cache that is newer', () => {
  for (const [version, uid, met] of [
    ['9', 'one', false],
    ['99', 'one', false],
    ['100', 'one', true],
    ['101', 'one', true],
    ['1000', undefined, true],
    ['99', undefined, false],
    ['101', 'another', true],
  ] as const) {
    const expectations = createExpectations();
    const cache = createCache();
    const told: string[] = [];
    expectations.onMet((owner) => told.push(owner));
    expectations.expect('owner', cache, key, written('100'));
    assert.equal(expectations.met('owner'), false);
    cache.set(version, uid);
    assert.equal(expectations.met('owner'), met, `${version} ${uid}`);
    assert.deepEqual(told, met ? ['owner'] : []);
    assert.equal(expectations.met('somebody'), true);
    expectations.close();
  }
});

test('an owner waits for the last of its writes; a removal is met when that object is gone', () => {
  const expectations = createExpectations();
  const [pods, services] = [createCache(), createCache()];
  pods.set('50', 'one');
  expectations.expect('owner', services, key, written('60', 'two'));
  expectations.expectGone('owner', pods, key, 'one');
  services.set('61', 'two');
  assert.equal(expectations.met('owner'), false);
  pods.set('70', 'one');
  assert.equal(expectations.met('owner'), false);
  pods.set('71', 'its-successor');
  assert.equal(expectations.met('owner'), true);
  expectations.close();
});

test('what the cache shows already is no expectation', () => {
  const expectations = createExpectations();
  const cache = createCache();
  cache.set('200', 'one');
  expectations.expect('owner', cache, key, written('150'));
  expectations.expectGone('owner', cache, { ...key }, 'gone-before');
  assert.equal(expectations.met('owner'), true);
  expectations.close();
});
