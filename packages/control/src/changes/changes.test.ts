import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeKinds, changeSchema, replicaPhaseSchema } from '@kumiki/api';
import { signalled } from '@kumiki/policy';
import fc from 'fast-check';
import { createChangeLog } from './change-log.ts';
import { compareReplicas, type SeenReplica } from './compare-replicas.ts';

const replica = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  service: fc.constant('shop'),
  model: fc.constant('shop'),
  phase: fc.constantFrom(...replicaPhaseSchema.options),
  reason: fc.constant('it is made of cheese'),
  cause: fc.constant(null),
  restarts: fc.integer({ min: 0, max: 3 }),
});
const look = fc.uniqueArray(replica, { selector: ({ id }) => id });
const byId = (replicas: readonly SeenReplica[]) => new Map(replicas.map((one) => [one.id, one]));

test('unchanged replicas are not reported, and each changed one is', () => {
  fc.assert(
    fc.property(look, look, (before, now) => {
      assert.deepEqual(compareReplicas(byId(now), now), []);
      const told = new Set(compareReplicas(byId(before), now).map(({ subject }) => subject));
      for (const one of now) {
        const same = byId(before).get(one.id);
        const moved = same === undefined || same.phase !== one.phase || same.restarts < one.restarts;
        assert.equal(told.has(one.id), moved);
      }
      for (const gone of before) {
        if (!byId(now).has(gone.id)) assert.equal(told.has(gone.id), gone.phase !== 'stopped');
      }
    }),
  );
});

test('a crash and what follows are told in order, with the reason', () => {
  const log = createChangeLog(() => 1_000);
  const base: SeenReplica = {
    id: 'a',
    service: 'shop',
    model: 'shop',
    phase: 'ready',
    reason: '',
    cause: null,
    restarts: 0,
  };
  const course: SeenReplica[] = [
    base,
    { ...base, phase: 'failed', ...signalled('SIGKILL') },
    { ...base, phase: 'starting', restarts: 1 },
    { ...base, phase: 'ready', restarts: 1 },
    { ...base, phase: 'draining', restarts: 1 },
  ];
  let before: SeenReplica[] = [];
  for (const now of [...course.map((one) => [one]), []]) {
    for (const change of compareReplicas(byId(before), now)) log.add(change);
    before = now;
  }
  const told = log.list().toReversed();
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['replica.ready', 'replica.failed', 'replica.restarted', 'replica.ready', 'replica.draining', 'replica.stopped'],
  );
  assert.equal(told[1]?.message, 'The replica a failed: it was ended by SIGKILL.');
  assert.equal(told[1]?.severity, 'error');
  assert.deepEqual([told[1]?.params['cause'], told[1]?.params['signal']], ['signalled', 'SIGKILL']);
});

test('the last 500 are kept, newest first, each with an id of its own and a sentence without gaps', () => {
  const log = createChangeLog(() => 1_000);
  const heard: string[] = [];
  const leave = log.subscribe(({ id }) => heard.push(id));
  const params = { name: 'app', from: 1, to: 2, count: 3, reason: 'it is away' };
  for (let at = 0; at < 600; at++) {
    const kind = changeKinds[at % changeKinds.length] ?? 'key.created';
    log.add({ kind, subject: `thing ${at}`, params, by: null });
  }
  leave();
  log.add({ kind: 'key.created', subject: 'last', params, by: 'me' });
  const list = log.list();
  assert.equal(list.length, 500);
  assert.equal(heard.length, 600);
  assert.deepEqual([list[0]?.subject, list[1]?.subject], ['last', 'thing 599']);
  assert.equal(new Set(list.map(({ id }) => id)).size, 500);
  for (const change of list) assert.doesNotMatch(changeSchema.parse(change).message, /[{}–]/);
});
