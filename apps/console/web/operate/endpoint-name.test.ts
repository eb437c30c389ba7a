import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicaOf } from './endpoint-name.ts';

test('the count of restarts is no part of a replica’s name', () => {
  assert.equal(replicaOf('chat-7kf2x.12'), 'chat-7kf2x');
  assert.equal(replicaOf('chat-7kf2x'), 'chat-7kf2x');
});

test('an address stays an address', () => {
  assert.equal(replicaOf('http://127.0.0.1'), 'http://127.0.0.1');
});
