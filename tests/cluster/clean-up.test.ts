import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '@kumiki/testing';
import { findLeftovers } from './rig/host/clean-up.ts';
import { type ClusterPlace, placeOf } from './rig/host/cluster-place.ts';
import { sweepPlaces } from './rig/host/hold-place.ts';
import { whyNoFaults } from './rig/open-cluster.ts';

const skip = whyNoFaults();
const cleanLimitMs = 60_000;

interface Runner {
  readonly child: ChildProcess;
  readonly place: ClusterPlace;
  readonly stop: () => Promise<number | null>;
}

/** A process that starts a cluster of its own beside the one of the run, and stops it when told to. */
async function startRunner(nodeCount: number): Promise<Runner> {
  const entry = (name: string): string => JSON.stringify(new URL(`./rig/${name}`, import.meta.url).href);
  const script = `
    const { installParts } = await import(${entry('parts/installed-parts.ts')});
    const { startCluster } = await import(${entry('start-cluster.ts')});
    await installParts(() => {});
    const { place, stop } = await startCluster(${nodeCount});
    process.stdin.once('end', () => stop().then(() => process.exit(0))).resume();
    console.log(place.index);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const begun = await Promise.race([once(child.stdout, 'data'), ended]);
  assert.ok(Array.isArray(begun), 'the cluster has not started');
  return {
    child,
    place: placeOf(Number(String(begun[0]))),
    stop() {
      child.stdin.end();
      return ended;
    },
  };
}

/** The process that waits for the end of a runner. */
function guardOf({ child }: Runner): number {
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('flock\0'))!;
}

test('after a stop nothing is left: no process, namespace, link, mount, control group, file', { skip }, async () => {
  const runner = await startRunner(1);
  const found = findLeftovers(runner.place);
  for (const kind of ['process', 'control group', 'namespace', 'link', 'mount', 'folder'])
    assert.ok(
      found.some((line) => line.startsWith(kind)),
      `a running cluster has a ${kind}`,
    );
  assert.equal(await runner.stop(), 0);
  assert.deepEqual(findLeftovers(runner.place), []);
});

test('when its runner is killed, a cluster is cleaned up at once', { skip }, async () => {
  const runner = await startRunner(0);
  runner.child.kill('SIGKILL');
  await until('nothing is left', cleanLimitMs, () => findLeftovers(runner.place).length === 0);
});

test('when its guard is killed with it, the next start cleans up', { skip }, async () => {
  const runner = await startRunner(1);
  const guard = guardOf(runner);
  // The guard goes first, since it would set to work.
  process.kill(-guard, 'SIGKILL');
  runner.child.kill('SIGKILL');
  await until(
    'both are gone',
    cleanLimitMs,
    () => ![guard, runner.child.pid].some((pid) => existsSync(`/proc/${pid}`)),
  );
  assert.ok(
    findLeftovers(runner.place).some((line) => line.startsWith('process')),
    'the cluster runs on alone',
  );
  await sweepPlaces();
  assert.deepEqual(findLeftovers(runner.place), []);
});
