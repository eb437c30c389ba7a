import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { demoChat, demoEmbedding, startProduct } from '../product/product.ts';
import { llmprobeExceptions } from './llmprobe-exceptions.ts';

/** The whole suite takes about a minute on two busy cores. */
const limitMs = 240_000;

/** The parts of llmprobe's JSON report that are used. */
interface ProbeReport {
  readonly incomplete?: string;
  readonly conformance: {
    readonly passed: number;
    readonly total: number;
    readonly results: readonly {
      readonly id: string;
      readonly surface: string;
      readonly outcome: string;
      readonly reason?: string;
      readonly failures: readonly { readonly id: string; readonly severity: string; readonly message?: string }[];
    }[];
  };
}

test('llmprobe finds no MUST failure but those listed with their reasons', async (context) => {
  await using product = await startProduct([
    { ...demoChat, replicas: 2 },
    { ...demoEmbedding, aliases: ['text-embedding-3-small'] },
  ]);
  const report = await probe(product.baseUrl, product.apiKey);
  const { results, passed, total } = report.conformance;
  context.diagnostic(`${passed} of ${total} MUST assertions hold`);
  assert.equal(report.incomplete, undefined);
  assert.ok(total > 50, `only ${total} assertions were made`);
  const failures = results.flatMap((result) =>
    result.failures
      .filter(({ severity }) => severity === 'MUST')
      .map(({ id, message }) => ({ key: `${result.surface}/${result.id}/${id}`, message })),
  );
  assert.deepEqual(
    failures.filter(({ key }) => llmprobeExceptions[key] === undefined),
    [],
  );
});

async function probe(baseUrl: string, apiKey: string): Promise<ProbeReport> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-llmprobe-'));
  const reportFile = join(folder, 'report.json');
  const packageFile = fileURLToPath(import.meta.resolve('llmprobe/package.json'));
  const script = join(dirname(packageFile), 'bin', 'dist', 'llmprobe.mjs');
  const flags = ['--full', '--no-bench', '--no-save', '--no-color', '--reasoning', 'default', '--timeout', '30'];
  try {
    const child = spawn(
      process.execPath,
      [script, baseUrl, '-k', apiKey, '-m', demoChat.model, ...flags, '--save', reportFile],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], HOME: folder }, timeout: limitMs },
    );
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => output.push(data.toString()));
    const status = await new Promise<number | null>((resolve) => {
      child.on('close', resolve);
    });
    // 0: success; 1: a MUST failed, which is compared with the exceptions.
    assert.ok(status === 0 || status === 1, `llmprobe ended with ${status}:\n${output.join('')}`);
    return JSON.parse(readFileSync(reportFile, 'utf8')) as ProbeReport;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
