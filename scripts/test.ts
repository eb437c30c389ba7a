/**
 * `npm test`: types, lint, format, unused code, then every test file of the workspace. Prints one line for each
 * check and file, failures in full, and as its last line `N passed, N failed` over checks and tests.
 *
 * For work on one thing: `node scripts/test.ts --skip-checks --only gateway` runs the test files whose path contains
 * the text (or matches it as a regular expression). `--browser` runs every browser test instead, including the long
 * ones, without checks: `npm run test:browser`.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTestFiles, measures } from './find-test-files.ts';
import type { TestCounts } from './run-test-files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const binaries = join(root, 'node_modules', '.bin');
/** That of the CLI. It is inside node_modules and ends with them. */
const compileCache = join(root, 'node_modules', '.cache', 'kumiki');

/** Timeout of a check. None takes a minute on two busy cores. */
const checkTimeoutMs = 300_000;

const checks: readonly { readonly name: string; readonly command: readonly [string, ...string[]] }[] = [
  { name: 'types', command: ['tsc', '--noEmit', '-p', '.'] },
  { name: 'types of the console', command: ['tsc', '--noEmit', '-p', 'apps/console'] },
  { name: 'types of the browser tests', command: ['tsc', '--noEmit', '-p', 'tests/browser'] },
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'unused code', command: ['knip'] },
];

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    'skip-checks': { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
  },
});

/** The process group of the running test files, which must end with this process. */
let testGroup: number | null = null;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    killTestGroup();
    process.exit(130);
  });
}
process.on('exit', killTestGroup);

const counts: TestCounts = { passed: 0, failed: 0 };
if (!flags['skip-checks'] && !flags.browser) {
  for (const check of checks) add(await runCheck(check.name, check.command));
}
const files = findTestFiles(root, flags.browser ? 'browser' : 'test', flags.only);
if (!flags.browser) add(await setUp('install-postgres.ts', 'PostgreSQL'));
if (files.some((file) => file.startsWith('tests/browser/'))) add(await setUp('install-chromium.ts', 'Chromium'));
if (files.length === 0) {
  console.log(`✗ no test file matches ${flags.only ?? 'anything'}`);
  add({ passed: 0, failed: 1 });
} else {
  const together = files.filter((file) => !measures(file));
  const alone = files.filter(measures);
  if (together.length > 0) add(await runTests(together, []));
  if (alone.length > 0) add(await runTests(alone, ['--one-at-a-time']));
}
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed === 0 ? 0 : 1;

function add(more: TestCounts): void {
  counts.passed += more.passed;
  counts.failed += more.failed;
}

/** Installs what tests need. The script's output is shown, since the first run takes a while. */
async function setUp(script: string, what: string): Promise<TestCounts> {
  const child = spawn(process.execPath, [join(root, 'scripts', script)], {
    cwd: root,
    stdio: 'inherit',
  });
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
  if (status === 0) return { passed: 0, failed: 0 };
  console.log(`✗ ${what} for the tests could not be installed`);
  return { passed: 0, failed: 1 };
}

/** Runs one command; its output is shown only when it fails. */
async function runCheck(name: string, [command, ...rest]: readonly [string, ...string[]]): Promise<TestCounts> {
  const startedAt = performance.now();
  const child = spawn(join(binaries, command), rest, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: checkTimeoutMs,
    shell: process.platform === 'win32',
  });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      output.push(Buffer.from(`${error.message}\n`));
      resolve(null);
    });
    child.on('close', resolve);
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? '✓' : '✗'} ${name}  ${seconds} s`);
  if (status !== 0) process.stdout.write(Buffer.concat(output));
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Runs the test files in a separate process group. A process that is left in the group when the files have ended was
 * leaked by a test: it is killed, and counts as a failure.
 */
async function runTests(paths: readonly string[], options: readonly string[]): Promise<TestCounts> {
  const runner = spawn(process.execPath, [join(root, 'scripts', 'run-test-files.ts'), ...options, ...paths], {
    cwd: root,
    // Test files and the processes that they start load the same code.
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  testGroup = runner.pid ?? null;
  let result: TestCounts | null = null;
  runner.on('message', (message) => {
    result = message as TestCounts;
  });
  const status = await new Promise<number | null>((resolve) => {
    runner.on('error', () => resolve(null));
    runner.on('exit', resolve);
  });
  const total: TestCounts = result ?? { passed: 0, failed: 0 };
  if (status !== 0 && total.failed === 0) {
    console.log(`✗ the test runner ended with status ${status} before its result`);
    total.failed += 1;
  }
  const forgotten = testGroup === null ? [] : groupMembers(testGroup);
  if (forgotten.length === 0) total.passed += 1;
  else total.failed += 1;
  console.log(`${forgotten.length === 0 ? '✓' : '✗'} no process outlives the tests`);
  for (const line of forgotten) console.log(`  still running: ${line}`);
  killTestGroup();
  return total;
}

function killTestGroup(): void {
  if (testGroup === null || process.platform === 'win32') return;
  try {
    process.kill(-testGroup, 'SIGKILL');
  } catch {
    // The group is empty, as expected.
  }
  testGroup = null;
}

/** The running processes of a group, as `pid command`. Reads /proc; returns none on other systems. */
function groupMembers(group: number): string[] {
  const members: string[] = [];
  let pids: string[];
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return members;
  }
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // After the command's closing parenthesis: state, parent, process group.
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (Number(processGroup) !== group || state === 'Z' || state === 'X') continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      members.push(`${pid} ${command}`);
    } catch {
      // The process ended meanwhile.
    }
  }
  return members;
}
