/**
 * Runs the test files given as arguments, each in a separate process, two at a time. Prints one line per file and every
 * failure in full. Sends the counts to its parent. With `--one-at-a-time` a file has the machine for itself.
 */
import { availableParallelism } from 'node:os';
import { relative } from 'node:path';
import { run } from 'node:test';
import { inspect, parseArgs } from 'node:util';

export interface TestCounts {
  passed: number;
  failed: number;
}

/** Timeout of a file. The slowest start dozens of processes and take about three minutes on a busy machine. */
const fileTimeoutMs = 900_000;
/** Lines of a failing file's own output that are shown. */
const outputLineLimit = 200;

interface FileRecord {
  passed: number;
  failed: number;
  skipped: number;
  readonly failures: string[];
  /** Diagnostics of the tests: measured times, counts. */
  readonly notes: string[];
  readonly output: string[];
}

const total: TestCounts = { passed: 0, failed: 0 };
const records = new Map<string, FileRecord>();

const { values: flags, positionals: files } = parseArgs({
  options: { 'one-at-a-time': { type: 'boolean', default: false } },
  allowPositionals: true,
});

const stream = run({
  files,
  concurrency: flags['one-at-a-time'] ? 1 : Math.max(1, Math.min(2, availableParallelism())),
  isolation: 'process',
  timeout: fileTimeoutMs,
});

stream.on('test:start', ({ file }) => void record(file));
stream.on('test:pass', (event) => {
  if (event.details.type === 'suite') return;
  const entry = record(event.file);
  // The runner reports a file without tests as a test with the file's name.
  if (event.name === event.file) entry.failures.push(`✗ ${shown(event.name)} has no test in it`);
  if (event.name === event.file) entry.failed += 1;
  else if (event.skip !== undefined && event.skip !== false) entry.skipped += 1;
  else entry.passed += 1;
});
stream.on('test:fail', (event) => {
  const entry = record(event.file);
  // A suite or file fails because of a test in it. Only that test is counted and shown.
  const error = event.details.error;
  if ('failureType' in error && error.failureType === 'subtestsFailed') return;
  entry.failed += 1;
  const place = event.file === undefined ? '' : ` (${shown(event.file)}:${event.line ?? 1})`;
  entry.failures.push(`✗ ${event.name}${place}\n${indent(describe(error))}`);
});
stream.on('test:diagnostic', ({ file, message }) => {
  if (file !== undefined) record(file).notes.push(message);
});
for (const name of ['test:stdout', 'test:stderr'] as const) {
  stream.on(name, ({ file, message }) => {
    const { output } = record(file);
    output.push(message);
    if (output.length > outputLineLimit) output.shift();
  });
}
stream.on('test:summary', ({ file, duration_ms: durationMs }) => {
  if (file !== undefined) finish(file, durationMs);
});
stream.on('end', () => {
  for (const file of records.keys()) finish(file, 0);
  process.exitCode = total.failed === 0 ? 0 : 1;
  process.send?.(total, undefined, undefined, () => process.disconnect());
});
stream.resume();

function record(file = 'unknown file'): FileRecord {
  let entry = records.get(file);
  if (entry === undefined) {
    entry = { passed: 0, failed: 0, skipped: 0, failures: [], notes: [], output: [] };
    records.set(file, entry);
  }
  return entry;
}

function finish(file: string, durationMs: number): void {
  const entry = records.get(file);
  if (entry === undefined) return;
  records.delete(file);
  total.passed += entry.passed;
  total.failed += entry.failed;
  const seconds = (durationMs / 1000).toFixed(1);
  const parts = [`${entry.passed} passed`];
  if (entry.failed > 0) parts.push(`${entry.failed} failed`);
  if (entry.skipped > 0) parts.push(`${entry.skipped} skipped`);
  console.log(`${entry.failed === 0 ? '✓' : '✗'} ${shown(file)}  ${parts.join(', ')}  ${seconds} s`);
  for (const note of entry.notes) console.log(indent(note));
  for (const failure of entry.failures) console.log(indent(failure));
  if (entry.failed > 0 && entry.output.length > 0) console.log(indent(`output:\n${entry.output.join('')}`));
}

function shown(file: string): string {
  return relative(process.cwd(), file).replaceAll('\\', '/');
}

/** The error that the test threw, without the runner's own wrapping. */
function describe(error: Error): string {
  const thrown = error.cause ?? error;
  return thrown instanceof Error ? inspect(thrown, { depth: 4 }) : inspect(thrown);
}

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
