import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeOfEnd } from './code-of-end.ts';

test('what nobody can go on with ends a response, and tells why where that helps', () => {
  for (const [code, end] of [
    ['stream_interrupted', 'server_error'],
    ['poisonous_request', 'poisonous_request'],
    ['credential_revoked', 'credential_revoked'],
    ['invalid_api_key', 'credential_revoked'],
    ['upstream_error', null],
    ['no_replica_available', null],
    ['toString', null],
    [null, null],
  ] as const) {
    assert.equal(codeOfEnd(code), end, String(code));
  }
});
