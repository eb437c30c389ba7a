import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, replicaLoad } from '../operate/testing/records.ts';
import { measure } from './measures.ts';

test('a replica is found with its line, which has a gap where it was not there', () => {
  const replica = replicaLoad({ id: 'a', tokens_per_second: 3 });
  const measures = measure([load(), load({ replicas: [replica] })]);
  assert.deepEqual(measures.ofReplica('a'), replica);
  assert.deepEqual(measures.lineOfReplica('a'), [null, 3]);
  assert.equal(measures.ofReplica('b'), undefined);
  assert.equal(measures.ofService('chat')?.tokensPerSecond, 3);
});

test('without a point nothing is known', () => {
  assert.equal(measure([]).ofReplica('a'), undefined);
  assert.deepEqual(measure([]).lineOfService('chat'), []);
});
