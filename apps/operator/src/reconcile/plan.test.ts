import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelServiceStatus } from '@kumiki/api';
import fc from 'fast-check';
import type { Observed } from '../cluster/observed.ts';
import { afterWrites, installed, now, observedOf, podOf, withPods } from '../testing/observed-cluster.ts';
import { plan, type Plan } from './plan.ts';

const simulated = { model: { source: 'simulated:' }, replicas: 2 } as const;
const planOf = (observed: Observed): Plan => plan(observed, installed, now);
const reasonsOf = ({ conditions }: Plan) => Object.fromEntries(conditions.map(({ type, reason }) => [type, reason]));

/** What is written, in words: `apply Deployment`, `scale 2`. */
const writesOf = ({ writes }: Plan): string[] =>
  writes.map((write) =>
    write.kind === 'apply'
      ? `apply ${write.object.kind}`
      : write.kind === 'scale'
        ? `scale ${write.size}`
        : write.kind === 'remove'
          ? `remove ${write.object.kind}`
          : write.kind,
  );

/** Plans until nothing is written any more; pods follow at once. */
function settle(observed: Observed): Observed {
  let next = observed;
  for (let round = 0; round < 100; round++) {
    const planned = planOf(next);
    if (planned.writes.length === 0 && planned.status === null) return next;
    next = withPods(afterWrites(next, planned));
  }
  throw new Error('it does not come to rest');
}

function withManifest(observed: Observed, manifest: Observed['service']['manifest']): Observed {
  return { ...observed, service: { ...observed.service, manifest } };
}

test('a new service gets a token, its objects and a Deployment of its size', () => {
  const planned = planOf(observedOf(simulated));
  assert.deepEqual(writesOf(planned), [
    'token',
    'apply Service',
    'apply PodDisruptionBudget',
    'apply NetworkPolicy',
    'apply Deployment',
    'scale 2',
  ]);
  assert.deepEqual(reasonsOf(planned), {
    Ready: 'NoReplicaReady',
    Progressing: 'Scaling',
    Degraded: 'AsWanted',
    Fits: 'Placed',
  });
});

test('at rest nothing is written', () => {
  const rest = settle(observedOf(simulated));
  assert.deepEqual(planOf(rest), { writes: [], status: null, conditions: planOf(rest).conditions });
  const status = rest.service.status as unknown as ModelServiceStatus;
  assert.deepEqual([status.replicas, status.readyReplicas, status.models], [2, 2, ['shop']]);
  assert.equal(status.selector, 'kumiki.dev/service=shop');
});

test('another size makes no revision, another model does, and the old Deployment goes in the end', () => {
  const rest = settle(observedOf(simulated));
  const scaled = {
    ...rest,
    service: { ...rest.service, manifest: observedOf({ ...simulated, replicas: 3 }).service.manifest },
  };
  assert.deepEqual(writesOf(planOf(scaled)), ['scale 3']);
  const other = observedOf({ ...simulated, engine: { kind: 'simulated', contextTokens: 512 } }).service.manifest;
  const changed = { ...rest, service: { ...rest.service, manifest: other } };
  assert.deepEqual(writesOf(planOf(changed)), ['apply Deployment']);
  const end = settle(changed);
  assert.equal(end.deployments.length, 1);
  assert.notEqual(end.deployments[0]?.revision, rest.deployments[0]?.revision);
});

test('what cannot be served is told, and what runs is left as it is', () => {
  const rest = settle(observedOf(simulated));
  const path = observedOf({ model: { source: '/models/a.gguf' } }).service.manifest;
  const planned = planOf({ ...rest, service: { ...rest.service, manifest: path } });
  assert.deepEqual(planned.writes, []);
  assert.equal(reasonsOf(planned)['Degraded'], 'CannotBeServed');
  assert.match(planned.conditions.find(({ type }) => type === 'Degraded')?.message ?? '', /name a volume \(pvc:/);
  assert.equal(reasonsOf(planOf(observedOf(simulated, { nameTakenBy: 'a/b' })))['Degraded'], 'ModelNameTaken');
});

test('a service of servers outside has no pods, and those it had go', () => {
  const rest = settle(observedOf(simulated));
  const remote = observedOf({ model: { source: 'https://models.example/v1' } }).service.manifest;
  const planned = planOf({ ...rest, service: { ...rest.service, manifest: remote } });
  assert.deepEqual(writesOf(planned).toSorted(), [
    'remove Deployment',
    'remove NetworkPolicy',
    'remove PodDisruptionBudget',
    'remove Secret',
    'remove Service',
  ]);
  assert.equal(reasonsOf(planned)['Ready'], 'Serving');
});

test('an object that belongs to somebody else is not touched', () => {
  const rest = settle(observedOf(simulated));
  const beside = rest.beside.map((object) => (object.kind === 'Service' ? { ...object, owner: 'someone' } : object));
  const planned = planOf({ ...rest, beside });
  assert.deepEqual(planned.writes, []);
  assert.equal(reasonsOf(planned)['Degraded'], 'ObjectRefused');
});

test('one more pod stands in for one that gateways do not reach, and goes when it is back', () => {
  const rest = settle(observedOf({ ...simulated, replicas: 4 }));
  const lost = { ...rest, unreachableMs: new Map([[rest.pods[0]?.name ?? '', 20_000]]) };
  assert.deepEqual(writesOf(planOf(lost)), ['scale 5']);
  const back = settle({ ...settle(lost), unreachableMs: new Map() });
  assert.equal(back.deployments[0]?.size, 4);
});

test('scaled to zero no Deployment is made', () => {
  const planned = planOf(observedOf({ ...simulated, replicas: 0 }));
  assert.ok(!writesOf(planned).includes('apply Deployment'));
  assert.equal(reasonsOf(planned)['Ready'], 'ScaledToZero');
});

test('a condition keeps the time of its last change', () => {
  const rest = settle(observedOf(simulated));
  const later = plan({ ...rest, pods: [podOf('a', rest.deployments[0]?.revision ?? '')] }, installed, 'later');
  const times = (later.status as unknown as ModelServiceStatus).conditions?.map(
    ({ type, lastTransitionTime }) => [type, lastTransitionTime] as const,
  );
  assert.deepEqual(Object.fromEntries(times ?? []), { Ready: now, Progressing: 'later', Degraded: now, Fits: now });
});

test('whatever is wanted in turn, it comes to rest with what was wanted last', () => {
  const spec = fc.record({
    replicas: fc.integer({ min: 0, max: 6 }),
    engine: fc.record({ kind: fc.constant('simulated' as const), contextTokens: fc.constantFrom(512, 1024, 2048) }),
  });
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 5 }), fc.infiniteStream(fc.nat(6)), (specs, rounds) => {
      let state = observedOf(simulated);
      for (const wanted of specs) {
        const { manifest } = observedOf({ model: simulated.model, ...wanted }).service;
        state = withManifest(state, manifest);
        const few = rounds.next().value as number;
        for (let round = 0; round < few; round++) state = withPods(afterWrites(state, planOf(state)));
      }
      const rest = settle(state);
      const last = specs.at(-1)!;
      assert.equal(rest.pods.length, last.replicas);
      assert.ok(rest.deployments.filter(({ size }) => size > 0).length <= 1);
    }),
    { numRuns: 100 },
  );
});
