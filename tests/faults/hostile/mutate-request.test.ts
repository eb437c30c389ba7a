import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '@kumiki/testing';
import { type MutableRoute, type MutatedRequest, mutateRequest } from './mutate-request.ts';

const routes: readonly MutableRoute[] = [
  {
    method: 'POST',
    pattern: '/v1/chat/completions',
    body: 'json',
    sample: { model: 'm', messages: [{ role: 'user', content: 'a' }] },
  },
  { method: 'GET', pattern: '/v1/files/:id', body: 'none', sample: null },
];

function some(seed: number, count: number): MutatedRequest[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => mutateRequest({ random, routes, idFor: () => 'file_1' }));
}

test('a seed gives the same requests again, another seed others', () => {
  assert.deepEqual(some(1, 200), some(1, 200));
  assert.notDeepEqual(some(1, 200), some(2, 200));
});

test('what comes out reaches the routes, is mostly still JSON, and is often wrong', () => {
  const requests = some(3, 2_000);
  const isJson = (body: Buffer | null): boolean => {
    try {
      JSON.parse(body?.toString() ?? '');
      return true;
    } catch {
      return false;
    }
  };
  const bodies = requests.filter(({ body }) => body !== null);
  const whole = bodies.filter(({ body }) => isJson(body)).length / bodies.length;
  assert.ok(whole > 0.7 && whole < 0.97, `${whole} are JSON`);
  assert.ok(new Set(bodies.map(({ body }) => body?.toString())).size > 400);
  for (const { path } of requests) assert.match(path, /^[\x21-\x7e]+$/);
});
