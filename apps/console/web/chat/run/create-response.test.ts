import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError } from '../../api/api-error.ts';
import { createResponse, type CreateWays } from './create-response.ts';

const body = { model: 'm' };

function waysOf(attempts: readonly ('lost' | 'empty' | number)[]) {
  const keys: string[] = [];
  const ways: CreateWays = {
    async post(_body, key) {
      const attempt = attempts[keys.length];
      keys.push(key);
      if (attempt === 'lost') throw new TypeError('fetch failed');
      if (typeof attempt === 'number') throw new ApiError('no', { code: 'x', status: attempt });
      return { events: events(attempt === 'empty' ? 0 : 3), requestId: 'req_1' };
    },
    wait: async () => {},
    chance: () => 0.5,
    signal: new AbortController().signal,
    again: () => {},
  };
  return { ways, keys };
}

async function* events(count: number): AsyncGenerator<string> {
  for (let at = 0; at < count; at++) {
    yield JSON.stringify({ type: 'x', sequence_number: at, ...(at === 0 ? { response: { id: 'resp_1' } } : {}) });
  }
}

test('every attempt has the same key, so that a lost reply begins nothing twice', async () => {
  const { ways, keys } = waysOf(['lost', 503, 'empty', 429]);
  const created = await createResponse(body, 'key_1', ways);
  assert.equal(created.response.id, 'resp_1');
  assert.deepEqual(keys, Array(5).fill('key_1'));
});

test('what follows the first event is still there to be read', async () => {
  const { ways } = waysOf([]);
  const { rest, sequence } = await createResponse(body, 'key_1', ways);
  const seen = [];
  for await (const data of rest) seen.push((JSON.parse(data) as { sequence_number: number }).sequence_number);
  assert.equal(sequence, 0);
  assert.deepEqual(seen, [1, 2]);
});

test('a refusal is told at once', async () => {
  const { ways, keys } = waysOf([404]);
  await assert.rejects(createResponse(body, 'key_1', ways), { status: 404 });
  assert.equal(keys.length, 1);
});

test('what cannot be reached is given up after some attempts', async () => {
  const { ways, keys } = waysOf(Array<'lost'>(20).fill('lost'));
  await assert.rejects(createResponse(body, 'key_1', ways));
  assert.equal(keys.length, 8);
});
