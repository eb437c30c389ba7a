import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '@kumiki/api';
import { censorOutcome } from './censor-outcome.ts';
import { failed, type Outcome } from './outcome.ts';

const endpoint: Endpoint = {
  id: 'vendor',
  url: 'http://[fd00::5]:8000/base',
  authorization: 'Bearer sk-very-secret',
  upstreamModel: null,
  revision: 'r',
  state: 'ready',
  continuation: 'none',
  maxInFlight: 1,
  egress: 'outside',
  healthProbe: false,
};
const told =
  'Bearer sk-very-secret at http://[fd00::5]:8000/base failed at [fd00::5]:8000 (fd00::5), stack: /srv/app.py';

test('a failure in the words of an outside server is told without them, and logged without its key', () => {
  for (const failure of ['server_error', 'busy'] as const) {
    const outcome = censorOutcome(failed(failure, told), endpoint);
    assert.ok(outcome.kind === 'failed');
    assert.doesNotMatch(outcome.detail, /sk-|fd00|app\.py/);
    assert.equal(outcome.inner, 'Bearer … at … failed at … (…), stack: /srv/app.py');
  }
});

test('a refusal keeps what it says of the request, without key and place', () => {
  const error = { message: `max_tokens is too large. ${told}`, type: null, code: null, param: 'max_tokens' };
  const outcome = censorOutcome({ kind: 'refused', status: 400, error }, endpoint);
  assert.ok(outcome.kind === 'refused');
  assert.match(outcome.error.message, /^max_tokens is too large\. Bearer … at …/);
  assert.doesNotMatch(outcome.error.message, /sk-very|fd00/);
});

test('what the gateway says itself, and what our own workers say, stays', () => {
  const own: Outcome[] = [{ kind: 'done' }, { kind: 'client_left' }, failed('connect_refused', 'no connection')];
  for (const outcome of own) assert.equal(censorOutcome(outcome, endpoint), outcome);
  const inner: Endpoint = { ...endpoint, egress: 'internal' };
  const outcome = failed('server_error', told);
  assert.equal(censorOutcome(outcome, inner), outcome);
});
