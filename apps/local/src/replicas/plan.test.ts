import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineSchema } from '@kumiki/api';
import {
  addHealthCheck,
  exited,
  isServing,
  type Launch,
  noHealthYet,
  notReady,
  type ProcessTarget,
} from '@kumiki/policy';
import fc from 'fast-check';
import { type Action, crashesAfterEnd, plan, settleMs, terminateLimitMs } from './plan.ts';
import type { LocalReplica } from './replica.ts';

const launch: Launch = {
  model: 'shop',
  source: 'simulated:',
  task: 'chat',
  engine: engineSchema.parse({ kind: 'simulated' }),
  fileBytes: 0,
  stallMs: 16_000,
  startTimeoutMs: 10_000,
  drainTimeoutMs: 3_000,
  faults: false,
};

function target(revision: string, replicas: number): ProcessTarget {
  return {
    kind: 'process',
    key: 'shop/shop',
    service: 'shop',
    model: 'shop',
    aliases: [],
    task: 'chat',
    created: 0,
    deadlines: { connectMs: 1, headersMs: 1, firstTokenMs: 1, betweenTokensMs: 1, totalMs: 1 },
    revision,
    replicas,
    launch,
  };
}

/** A simulated machine: replicas that start, serve, crash and end as the test defines, and a clock. */
class World {
  now = 0;
  replicas = new Map<string, LocalReplica>();
  targets: ProcessTarget[] = [];
  private made = 0;

  /** Plans and applies until nothing is left to do, checking every step. */
  act(): number | null {
    for (let round = 0; round < 50; round++) {
      const { actions, planAgainAt } = plan(this.targets, [...this.replicas.values()], this.now);
      if (actions.length === 0) return planAgainAt;
      const touched = actions.flatMap((action) => (action.kind === 'create' ? [] : [action.id]));
      assert.equal(new Set(touched).size, touched.length, 'one action for each replica at a time');
      for (const action of actions) this.apply(action);
    }
    return assert.fail('the plan never comes to rest');
  }

  private apply(action: Action): void {
    if (action.kind === 'create') {
      const id = `r${this.made++}`;
      this.replicas.set(id, freshReplica(id, action.target, this.now));
      return;
    }
    const replica = this.get(action.id);
    switch (action.kind) {
      case 'restart':
        assert.ok(replica.ended);
        this.set({ ...replica, ended: null, restarts: replica.restarts + 1, startedAt: this.now });
        return;
      case 'drain':
        assert.equal(replica.drainingSince, null);
        this.checkDrain(replica);
        this.set({ ...replica, drainingSince: this.now });
        return;
      case 'terminate':
        assert.equal(replica.terminatedAt, null);
        assert.notEqual(replica.drainingSince, null, 'only what is out of traffic is terminated');
        this.set({ ...replica, terminatedAt: this.now });
        return;
      case 'kill':
        assert.equal(replica.killedAt, null);
        this.set({ ...replica, killedAt: this.now });
        return;
      case 'forget':
        assert.ok(replica.ended);
        this.replicas.delete(action.id);
    }
  }

  /** Serving replicas must not be drained below the desired number while their replacements do not serve yet. */
  private checkDrain(replica: LocalReplica): void {
    const wanted = this.targets[0]?.replicas ?? 0;
    const serving = [...this.replicas.values()].filter(isServing);
    if (isServing(replica)) assert.ok(serving.length > wanted, `${serving.length} serve, ${wanted} are wanted`);
  }

  get(id: string): LocalReplica {
    return this.replicas.get(id) ?? assert.fail(`there is no ${id}`);
  }

  set(replica: LocalReplica): void {
    this.replicas.set(replica.id, replica);
  }

  end(replica: LocalReplica, jitter: number): void {
    this.set({
      ...replica,
      crashes: crashesAfterEnd(replica, this.now),
      ended: { at: this.now, ...exited(1), jitter },
      lastEnd: exited(1),
      readyAt: null,
      load: null,
      health: noHealthYet,
      terminatedAt: null,
      killedAt: null,
    });
  }

  becomeReady(replica: LocalReplica): void {
    const load = {
      at: this.now,
      running: 0,
      waiting: 0,
      maxInFlight: 8,
      maxRunning: 4,
      simulated: true,
      kvCache: null,
    };
    this.set({ ...replica, readyAt: replica.readyAt ?? this.now, wasReady: true, load });
  }

  /** Lets everything succeed: processes start, answer, and end when terminated. */
  settle(): void {
    for (let step = 0; step < 400; step++) {
      const wake = this.act();
      let moved = false;
      for (const replica of this.replicas.values()) {
        if (replica.ended !== null) continue;
        if (replica.killedAt !== null || replica.terminatedAt !== null) this.end(replica, 0.5);
        else if (replica.readyAt === null && replica.drainingSince === null) this.becomeReady(replica);
        else if (replica.drainingSince !== null && this.now >= replica.drainingSince + settleMs)
          this.becomeReady(replica);
        else continue;
        moved = true;
      }
      if (!moved && wake === null) return;
      this.now = moved ? this.now + 50 : Math.max(this.now + 50, Math.min(wake ?? Infinity, this.now + settleMs));
    }
    assert.fail('the world does not come to rest');
  }
}

function freshReplica(id: string, { key, service, revision }: ProcessTarget, now: number): LocalReplica {
  return {
    id,
    key,
    service,
    model: launch.model,
    revision,
    launch,
    restarts: 0,
    crashes: 0,
    ended: null,
    lastEnd: null,
    startedAt: now,
    readyAt: null,
    wasReady: false,
    drainingSince: null,
    terminatedAt: null,
    killedAt: null,
    health: noHealthYet,
    load: null,
    pid: 1,
    url: 'http://127.0.0.1:1',
    healthUrl: 'http://127.0.0.1:1',
    healthPort: 1,
    progress: 1,
    rssBytes: null,
    startedAtUnix: 0,
  };
}

const event = fc.record({
  kind: fc.constantFrom('ready', 'end', 'silent', 'busy', 'idle', 'rollout', 'scale', 'remove', 'wait', 'wait'),
  pick: fc.nat({ max: 20 }),
  number: fc.nat({ max: 4 }),
  waitMs: fc.integer({ min: 0, max: 6_000 }),
  jitter: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

function happen(world: World, { kind, pick, number, waitMs, jitter }: Event): void {
  const all = [...world.replicas.values()].filter(({ ended }) => ended === null);
  const replica = all[pick % Math.max(1, all.length)];
  const [current] = world.targets;
  if (kind === 'wait') world.now += waitMs;
  else if (kind === 'rollout') world.targets = [target(`v${number}`, current?.replicas ?? 1)];
  else if (kind === 'scale') world.targets = [target(current?.revision ?? 'v0', number)];
  else if (kind === 'remove') world.targets = [];
  if (replica === undefined) return;
  if (kind === 'end') world.end(replica, jitter);
  else if (kind === 'ready' && replica.killedAt === null && replica.terminatedAt === null) world.becomeReady(replica);
  else if (kind === 'silent') world.set({ ...replica, health: addHealthCheck(replica.health, 'silent') });
  else if (kind === 'busy' && replica.load !== null) {
    world.set({ ...replica, load: { ...replica.load, at: world.now, running: 1 } });
  } else if (kind === 'idle' && replica.load !== null) {
    world.set({ ...replica, load: { ...replica.load, at: world.now, running: 0 } });
  }
}

test('whatever happens, no serving replica is taken away too early and no action is done twice', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), (events) => {
      const world = new World();
      world.targets = [target('v0', 2)];
      for (const one of events) {
        happen(world, one);
        world.act();
        // The same world gives no further action, and planning has no side effects.
        assert.deepEqual(plan(world.targets, [...world.replicas.values()], world.now).actions, []);
      }
    }),
    { numRuns: 500 },
  );
});

test('when nothing more goes wrong, exactly what is wanted comes to run', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      const world = new World();
      world.targets = [target('v0', 2)];
      for (const one of events) {
        happen(world, one);
        world.act();
      }
      // A busy replica becomes idle at the end.
      world.settle();
      const [wanted] = world.targets;
      const left = [...world.replicas.values()];
      assert.equal(left.length, wanted?.replicas ?? 0);
      assert.ok(left.every((replica) => isServing(replica) && replica.revision === wanted?.revision));
    }),
    { numRuns: 300 },
  );
});

test('a lone crash is restarted in the same instant, the next ones wait', () => {
  const world = new World();
  world.targets = [target('v0', 1)];
  world.act();
  world.end(world.get('r0'), 0.5);
  assert.equal(world.act(), world.now + launch.startTimeoutMs);
  assert.equal(world.get('r0').restarts, 1);
  world.end(world.get('r0'), 0.5);
  const wake = world.act();
  assert.ok(wake !== null && wake > world.now);
  assert.equal(world.get('r0').restarts, 1);
  world.now = wake;
  world.act();
  assert.equal(world.get('r0').restarts, 2);
});

test('a replica that is not ready in time is killed, with the limit as the reason', () => {
  const world = new World();
  world.targets = [target('v0', 1)];
  assert.equal(world.act(), launch.startTimeoutMs);
  const { actions } = plan(world.targets, [...world.replicas.values()], launch.startTimeoutMs);
  const end = notReady(10_000);
  assert.deepEqual(actions, [{ kind: 'kill', id: 'r0', reason: end.reason, end }]);
  assert.equal(end.reason, 'it was not ready within 10000 ms, so it was killed');
});

test('a draining replica ends when it is seen idle after it left the routes, or at its limit', () => {
  const world = new World();
  world.targets = [target('v0', 1)];
  world.act();
  world.now = 1_000;
  world.becomeReady(world.get('r0'));
  world.set({
    ...world.get('r0'),
    load: { at: 999, running: 0, waiting: 0, maxInFlight: 8, maxRunning: 4, simulated: true, kvCache: null },
  });
  world.targets = [target('v0', 0)];
  assert.equal(world.act(), 1_000 + launch.drainTimeoutMs, 'idle before it left the routes proves nothing');
  world.now += launch.drainTimeoutMs;
  assert.equal(world.act(), world.now + terminateLimitMs);
  assert.equal(world.get('r0').terminatedAt, world.now);
  world.now += terminateLimitMs;
  world.act();
  assert.equal(world.get('r0').killedAt, world.now);
});
