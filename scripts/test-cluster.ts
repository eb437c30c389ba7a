/**
 * `npm run test:cluster`: starts a Kubernetes of three nodes on this machine, runs the cluster tests on it one file
 * after the other, and checks that nothing of it is left. With KUBECONFIG the tests run on that cluster, except those
 * that break machines. `--only TEXT` runs the files whose path contains it, or matches it as a regular expression.
 */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findLeftovers } from '../tests/cluster/rig/host/clean-up.ts';
import { sharedClusterVariable, whyNoCluster } from '../tests/cluster/rig/open-cluster.ts';
import { installParts } from '../tests/cluster/rig/parts/installed-parts.ts';
import { startCluster } from '../tests/cluster/rig/start-cluster.ts';
import { findTestFiles } from './find-test-files.ts';
import type { TestCounts } from './run-test-files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const nodeCount = 3;

const { values: flags } = parseArgs({ options: { only: { type: 'string' } } });
const files = findTestFiles(root, 'cluster', flags.only);
const say = (line: string): void => console.log(line);
/** A cluster is cleaned up by its guard when this process ends. */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const { passed, failed } = await main();
say(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function main(): Promise<TestCounts> {
  const reason = whyNoCluster();
  if (reason !== false) {
    say(`Cluster tests are skipped: ${reason}.`);
    // A machine of ours on which they cannot run is a fault, not a reason to test less.
    return { passed: 0, failed: process.env['CI'] === undefined ? 0 : 1 };
  }
  if (files.length === 0) {
    say(`✗ no cluster test matches ${flags.only ?? 'anything'}`);
    return { passed: 0, failed: 1 };
  }
  if (process.env['KUBECONFIG'] !== undefined) return runFiles({});
  await installParts(say);
  const startedAt = performance.now();
  const { place, stop } = await startCluster(nodeCount);
  say(`Kubernetes with ${nodeCount} nodes started in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  const counts = await runFiles({ [sharedClusterVariable]: String(place.index) });
  await stop();
  const leftovers = findLeftovers(place);
  say(`${leftovers.length === 0 ? '✓' : '✗'} nothing is left of the cluster`);
  for (const line of leftovers) say(`  ${line}`);
  return leftovers.length === 0 ? { ...counts, passed: counts.passed + 1 } : { ...counts, failed: counts.failed + 1 };
}

async function runFiles(variables: Readonly<Record<string, string>>): Promise<TestCounts> {
  const runner = spawn(process.execPath, [join(root, 'scripts', 'run-test-files.ts'), '--one-at-a-time', ...files], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, ...variables },
  });
  let result: TestCounts | null = null;
  runner.on('message', (message) => {
    result = message as TestCounts;
  });
  const status = await new Promise<number | null>((resolve) => {
    runner.on('error', () => resolve(null));
    runner.on('exit', resolve);
  });
  if (result !== null) return result;
  say(`✗ the test runner ended with status ${status} before its result`);
  return { passed: 0, failed: 1 };
}
