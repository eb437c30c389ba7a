import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBackends } from './backends.ts';

const route = (...urls: string[]) => ({ prefix: '/v1/files', urls, authorization: null, role: 'inference' as const });

test('a new snapshot keeps what is known of a replica that stays', () => {
  const before = openBackends([route('http://a')], []);
  before[0]!.replicas[0]!.inFlight = 3;
  const [after] = openBackends([route('http://b', 'http://a')], before);
  assert.deepEqual(
    after?.replicas.map(({ id, inFlight }) => [id, inFlight]),
    [
      ['http://b', 0],
      ['http://a', 3],
    ],
  );
});
