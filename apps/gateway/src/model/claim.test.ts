import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Endpoint } from '@kumiki/api';
import { createEndpointState } from '../routing/endpoint-state.ts';
import { openClaim, type Suspicion } from './claim.ts';
import { failed, type Outcome } from './outcome.ts';

const endpoint: Endpoint = {
  id: 'a',
  url: 'http://127.0.0.1:1',
  authorization: null,
  upstreamModel: null,
  revision: 'r1',
  state: 'ready',
  continuation: 'token_ids',
  maxInFlight: 8,
  maxRunning: 2,
  healthProbe: true,
  egress: 'internal',
};

const broken = failed('broken', 'it ended');
let time = 0;
const now = (): number => time;

const fresh = { places: 1, begun: false, now };

function request(): Suspicion {
  return { claims: { lost: 0, shared: 0 }, excused: false };
}

/** Tries the request alone on a new replica, with this outcome. */
function tryAlone(suspicion: Suspicion, outcome: Outcome, change: Partial<Endpoint> = {}) {
  return openClaim(createEndpointState({ ...endpoint, ...change }), suspicion, fresh).end(outcome);
}

test('two replicas that end or fall silent over a request alone convict it', () => {
  for (const outcome of [broken, failed('stalled', ''), failed('headers_timeout', '')]) {
    const suspicion = request();
    assert.deepEqual(tryAlone(suspicion, outcome), { kind: 'try_alone' });
    assert.deepEqual(tryAlone(suspicion, outcome), { kind: 'refuse', claims: 2 });
  }
});

test('nothing is lost where nothing was begun, where it ends as planned, or where nobody knows', () => {
  const suspicion = request();
  for (const outcome of [
    failed('connect_refused', ''),
    failed('connect_timeout', ''),
    failed('busy', ''),
    failed('first_token_timeout', ''),
    failed('server_error', ''),
    { kind: 'client_left' } as const,
    { kind: 'done' } as const,
  ]) {
    assert.equal(tryAlone(suspicion, outcome), null);
  }
  assert.equal(tryAlone(suspicion, broken, { state: 'draining' }), null, 'it was told to end');
  assert.equal(tryAlone(suspicion, broken, { healthProbe: false }), null, 'a server outside');
  assert.deepEqual(suspicion.claims, { lost: 0, shared: 0 });
});

test('a kept connection that was closed is an excuse once, and none when it took a while', () => {
  const suspicion = request();
  const stale: Outcome = { kind: 'failed', failure: 'broken', detail: 'it was closed', stale: true };
  assert.equal(tryAlone(suspicion, stale), null);
  assert.deepEqual(tryAlone(suspicion, stale), { kind: 'try_alone' });
  const claim = openClaim(createEndpointState(endpoint), request(), fresh);
  time += 1_000;
  assert.deepEqual(claim.end(stale), { kind: 'try_alone' });
});

test('whoever has brought a token is above suspicion, also for what was lost before', () => {
  const suspicion = request();
  tryAlone(suspicion, broken);
  const claim = openClaim(createEndpointState(endpoint), suspicion, fresh);
  claim.proven();
  assert.equal(claim.end(broken), null);
  assert.deepEqual(suspicion.claims, { lost: 0, shared: 0 });
});

test('of several that are lost together each knows of the others, whoever is told first', () => {
  const state = createEndpointState(endpoint);
  const several = [request(), request()];
  const claims = several.map((suspicion) => openClaim(state, suspicion, fresh));
  const streaming = openClaim(state, request(), fresh);
  streaming.proven();
  for (const claim of claims) assert.deepEqual(claim.end(broken), { kind: 'try_alone' });
  assert.equal(streaming.end(broken), null);
  for (const { claims: history } of several) assert.deepEqual(history, { lost: 1, shared: 1 });
  const [first = request()] = several;
  for (const expected of ['try_alone', 'refuse']) {
    assert.equal(tryAlone(first, broken)?.kind, expected, 'only what it does alone convicts it early');
  }
});

test('an answer that was begun is convicted by what it does alone, and by no crowd', () => {
  const begun = { ...fresh, begun: true };
  const moved = [request(), request()];
  for (let loss = 0; loss < 6; loss++) {
    const state = createEndpointState(endpoint);
    const claims = moved.map((suspicion) => openClaim(state, suspicion, begun));
    for (const claim of claims) assert.equal(claim.end(broken), null);
  }
  const [alone = request()] = moved;
  for (const expected of ['try_alone', 'refuse']) {
    assert.equal(openClaim(createEndpointState(endpoint), alone, begun).end(broken)?.kind, expected);
  }
});

test('a crowd that is lost together says nothing of any of it', () => {
  for (const [size, expected] of [
    [8, 'try_alone'],
    [9, null],
  ] as const) {
    const state = createEndpointState({ ...endpoint, maxRunning: 100 });
    const claims = Array.from({ length: size }, () => openClaim(state, request(), fresh));
    for (const claim of claims) assert.equal(claim.end(broken)?.kind ?? null, expected, `${size}`);
  }
});

test('what waits in the queue is innocent, once its worker has read it', () => {
  const state = createEndpointState(endpoint);
  const [running, other, waiting, unread] = [request(), request(), request(), request()];
  const claims = [running, other, waiting, unread].map((suspicion) => openClaim(state, suspicion, fresh));
  for (const claim of claims.slice(0, 3)) claim.prepared();
  const verdicts = claims.map((claim) => claim.end(broken)?.kind ?? null);
  assert.deepEqual(verdicts, ['try_alone', 'try_alone', null, 'try_alone']);
});

test('a suspect has its replica to itself for a while', () => {
  const state = createEndpointState(endpoint);
  const suspicion = request();
  tryAlone(suspicion, broken);
  const claim = openClaim(state, suspicion, fresh);
  assert.deepEqual([state.suspects, state.quarantinedUntil > now()], [1, true]);
  claim.proven();
  assert.deepEqual([state.suspects, state.quarantinedUntil], [0, 0]);
  claim.end(broken);
  assert.equal(state.suspects, 0);
  time += 60_000;
});
