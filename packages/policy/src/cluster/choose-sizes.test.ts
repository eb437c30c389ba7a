import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { chooseSizes, type ObservedRevision, type RevisionSize } from './choose-sizes.ts';

const pods = (ready: number, starting = 0): ObservedRevision['pods'] =>
  Array.from({ length: ready + starting }, (_, at) => ({ name: `p${at}`, ready: at < ready, inFlight: 0 }));
const sizesOf = (sizes: readonly RevisionSize[]) => Object.fromEntries(sizes.map(({ name, size }) => [name, size]));

test('a new service has all its pods at once', () => {
  assert.deepEqual(sizesOf(chooseSizes(3, 'a', [])), { a: 3 });
});

test('a new revision starts beside the old one, which gives way as the new one serves', () => {
  const old = { name: 'a', size: 4, served: true, pods: pods(4) };
  assert.deepEqual(sizesOf(chooseSizes(4, 'b', [old])), { a: 4, b: 1 });
  const one = { name: 'b', size: 1, served: false, pods: pods(0, 1) };
  assert.deepEqual(sizesOf(chooseSizes(4, 'b', [old, one])), { a: 4, b: 1 });
  assert.deepEqual(sizesOf(chooseSizes(4, 'b', [old, { ...one, pods: pods(1), served: true }])), { a: 3, b: 2 });
});

test('an old revision that never served goes at once', () => {
  const failing = { name: 'b', size: 2, served: false, pods: pods(0, 2) };
  const old = { name: 'a', size: 2, served: true, pods: pods(2) };
  assert.deepEqual(sizesOf(chooseSizes(2, 'c', [old, failing])), { a: 2, b: 0, c: 1 });
});

test('a place whose pod was lost is not asked for twice', () => {
  const current = { name: 'a', size: 3, served: true, pods: pods(2) };
  assert.deepEqual(sizesOf(chooseSizes(3, 'a', [current])), { a: 3 });
});

/** What the Deployment controller and kubelets may do between two steps. */
interface Pod {
  readonly name: string;
  ready: boolean;
}

/** A Deployment as its controller keeps it: pods are added, and unready ones are ended first. */
class Deployment {
  size = 0;
  served = false;
  pods: Pod[] = [];
  #made = 0;

  follow(): void {
    while (this.pods.length < this.size) this.pods.push({ name: `p${this.#made++}`, ready: false });
    this.pods.sort((a, b) => Number(b.ready) - Number(a.ready));
    this.pods.length = Math.min(this.pods.length, this.size);
  }
}

const steps = fc.array(
  fc.record({
    kind: fc.constantFrom('follow', 'ready', 'lose', 'plan'),
    pick: fc.nat(1_000),
  }),
  { minLength: 20, maxLength: 120 },
);

test('in any order of events a rollout never takes ready capacity away below what is wanted, and ends', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 4 }),
      steps,
      (desired, wantedInTurn, events) => {
        const deployments = new Map<string, Deployment>();
        const observed = (): ObservedRevision[] =>
          [...deployments].map(([name, { size, served, pods: own }]) => ({
            name,
            size,
            served,
            pods: own.map((pod) => ({ ...pod, inFlight: 0 })),
          }));
        const readyCount = (): number =>
          [...deployments.values()].reduce((sum, { pods: own }) => sum + own.filter(({ ready }) => ready).length, 0);
        const plan = (wanted: string): void => {
          const before = readyCount();
          const sizes = chooseSizes(desired, wanted, observed());
          for (const { name, size } of sizes) {
            if (!deployments.has(name)) deployments.set(name, new Deployment());
            deployments.get(name)!.size = size;
          }
          for (const deployment of deployments.values()) deployment.follow();
          assert.ok(readyCount() >= Math.min(before, desired), `${readyCount()} ready of ${before}, ${desired} wanted`);
          for (const [name, { size }] of deployments) if (size === 0 && name !== wanted) deployments.delete(name);
        };
        const everyPod = (): [Deployment, Pod][] =>
          [...deployments.values()].flatMap((deployment) =>
            deployment.pods.map((pod): [Deployment, Pod] => [deployment, pod]),
          );
        for (const [at, { kind, pick }] of events.entries()) {
          const wanted = wantedInTurn[Math.floor((at / events.length) * wantedInTurn.length)] ?? 'a';
          const all = everyPod();
          const [deployment, pod] = all[pick % Math.max(1, all.length)] ?? [];
          if (kind === 'plan') plan(wanted);
          else if (kind === 'follow') for (const each of deployments.values()) each.follow();
          else if (deployment === undefined || pod === undefined) continue;
          else if (kind === 'ready') {
            pod.ready = true;
            deployment.served = true;
          } else deployment.pods.splice(deployment.pods.indexOf(pod), 1);
        }
        const last = wantedInTurn.at(-1) ?? 'a';
        for (let round = 0; round < 60; round++) {
          plan(last);
          for (const [deployment, pod] of everyPod()) {
            pod.ready = true;
            deployment.served = true;
          }
        }
        plan(last);
        assert.deepEqual(
          [...deployments].map(([name, { size }]) => [name, size]),
          [[last, desired]],
        );
      },
    ),
    { numRuns: 300 },
  );
});
