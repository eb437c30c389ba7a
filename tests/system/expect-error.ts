import assert from 'node:assert/strict';
import { type ErrorCode, errorTable } from '@kumiki/api';

/** Checks that a body is the error envelope of that code: all four keys, no more, and the type of the table. */
export function expectErrorBody(body: string, codes: readonly ErrorCode[], hint = ''): void {
  assert.match(body, /^\{/, `${hint}: the body is no JSON object`);
  const envelope = JSON.parse(body) as { error: Record<string, unknown> };
  const { error } = envelope;
  assert.deepEqual(Object.keys(envelope), ['error'], hint);
  assert.deepEqual(Object.keys(error).toSorted(), ['code', 'message', 'param', 'type'], hint);
  const code = error['code'] as ErrorCode;
  assert.ok(codes.includes(code), `${hint}: ${code} (${String(error['message'])}) is none of ${codes.join(', ')}`);
  assert.equal(error['type'], errorTable[code].type, hint);
  assert.ok(typeof error['message'] === 'string' && error['message'].length > 10, hint);
  assert.doesNotMatch(error['message'], /undefined|\[object|node_modules|\.ts:\d/, hint);
}
