import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, replica, replicaLoad, service, status } from '../operate/testing/records.ts';
import { judgeHealth } from './judge-health.ts';

const stepMs = 2_000;
const quiet = [load({ at: 2_000 }), load({ at: 4_000 }), load({ at: 6_000 })];

test('an installation whose replicas are ready and whose requests succeed is healthy', () => {
  const health = judgeHealth(status(), quiet, stepMs);
  assert.equal(health.verdict, 'healthy');
  assert.deepEqual(health.problems, []);
  assert.deepEqual([health.ready, health.desired], [1, 1]);
});

test('without a service nothing runs', () => {
  assert.equal(judgeHealth(status({ services: [] }), [], stepMs).verdict, 'nothing_runs');
});

test('a service that has no replica yet, and none that failed, is starting', () => {
  const starting = service({ ready: 0, conditions: { Ready: ['NoReplicaReady'] } });
  assert.equal(judgeHealth(status({ services: [starting] }), quiet, stepMs).verdict, 'starting');
});

test('a service whose only replica fails is broken, and its log helps', () => {
  const broken = service({
    ready: 0,
    replicas: [replica({ id: 'chat-9', phase: 'failed' })],
    conditions: { Ready: ['NoReplicaReady'], Degraded: ['ReplicaFails', 'chat-9: it ended.'] },
  });
  const { verdict, problems } = judgeHealth(status({ services: [broken] }), quiet, stepMs);
  assert.equal(verdict, 'broken');
  assert.equal(problems[0]?.code, 'no_replica_ready');
  assert.deepEqual(problems[0]?.remedy, { kind: 'logs', replica: 'chat-9' });
  assert.equal(problems[0]?.original, 'chat-9: it ended.');
});

test('a new revision that fails while the old one serves is a limit, not an outage', () => {
  const rolling = service({ conditions: { Degraded: ['NewRevisionFails', 'x'] } });
  const { verdict, problems } = judgeHealth(status({ services: [rolling] }), quiet, stepMs);
  assert.equal(verdict, 'limited');
  assert.deepEqual(
    problems.map(({ code, tone }) => [code, tone]),
    [['new_revision_fails', 'warn']],
  );
});

test('a server that may not be used is told as that, and is an outage where nothing else answers', () => {
  const told = (ready: 'Serving' | 'NoReplicaReady') => {
    const refused = service({
      conditions: { Ready: [ready], Degraded: ['MayNotBeUsed', 'chat-0: no rule allows it.'] },
    });
    const { problems } = judgeHealth(status({ services: [refused] }), quiet, stepMs);
    return problems.map(({ code, tone, original }) => [code, tone, original]);
  };
  assert.deepEqual(told('Serving'), [['may_not_be_used', 'warn', 'chat-0: no rule allows it.']]);
  assert.deepEqual(told('NoReplicaReady'), [['may_not_be_used', 'bad', 'chat-0: no rule allows it.']]);
});

test('a data service that failed breaks the installation, and comes before what is only slow', () => {
  const rolling = service({ conditions: { Degraded: ['ReplicaFails', 'x'] } });
  const search = {
    object: 'kumiki.data_service',
    name: 'search',
    state: 'failed',
    reason: 'no database',
    cause: 'broken',
    pid: null,
    restarts: 0,
    rss_bytes: null,
    started_at: null,
  } as const;
  const { verdict, problems } = judgeHealth(status({ services: [rolling], data_services: [search] }), quiet, stepMs);
  assert.equal(verdict, 'broken');
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['data_service_failed', 'replica_fails'],
  );
});

test('a few failed requests limit, many break', () => {
  const few = quiet.map((one) => load({ ...one, requests_per_second: 100, errors_per_second: 1 }));
  const many = quiet.map((one) => load({ ...one, requests_per_second: 10, errors_per_second: 1 }));
  assert.equal(judgeHealth(status(), few, stepMs).verdict, 'limited');
  const health = judgeHealth(status(), many, stepMs);
  assert.equal(health.verdict, 'broken');
  assert.equal(health.errors, 6);
});

test('one or two failed requests are no news, and a few among few are a limit', () => {
  const errors = (count: number) => [load({ at: 2_000, requests_per_second: 4, errors_per_second: count / 2 })];
  assert.equal(judgeHealth(status(), errors(2), stepMs).verdict, 'healthy');
  assert.equal(judgeHealth(status(), errors(4), stepMs).verdict, 'limited');
});

test('a queue that lasts at every replica asks for another one, a burst does not', () => {
  const busy = replicaLoad({ running: 4, max_running: 4, waiting: 2 });
  const lasting = quiet.map((one) => load({ ...one, replicas: [busy] }));
  assert.deepEqual(judgeHealth(status(), lasting, stepMs).problems[0]?.remedy, { kind: 'scale', service: 'chat' });
  const burst = [...lasting.slice(0, 2), load({ at: 6_000, replicas: [replicaLoad()] })];
  assert.deepEqual(judgeHealth(status(), burst, stepMs).problems, []);
});

test('a full cache is told', () => {
  const full = replicaLoad({ running: 1, kv_cache: { used_tokens: 99, total_tokens: 100 } });
  const lasting = quiet.map((one) => load({ ...one, replicas: [full] }));
  assert.equal(judgeHealth(status(), lasting, stepMs).problems[0]?.code, 'kv_cache_full');
});
