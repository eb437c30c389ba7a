/**
 * The cost of `kumiki up` without its models: time from its start to the first streamed token, on a new and on a used
 * state folder, and memory, idle and after a day's use. Linux. Writes bench/results/product.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keepResult, median } from '../keep-result.ts';
import { spendDay } from './day-of-use.ts';
import { type MeasuredProcess, measureProduct } from './process-memory.ts';
import { startToFirstToken } from './start-to-first-token.ts';

const warmStarts = 5;
/** Time for garbage collection and first embeddings after a start. */
const settleMs = 10_000;

const home = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
try {
  const first = await startToFirstToken(home);
  await first.stop();
  const warm: number[] = [];
  for (let round = 0; round < warmStarts; round++) {
    const up = await startToFirstToken(home);
    warm.push(up.seconds);
    await up.stop();
  }
  const up = await startToFirstToken(home);
  await wait(settleMs);
  const idle = measureProduct(up.pid);
  await spendDay(up.ask);
  await wait(settleMs);
  const used = measureProduct(up.pid);
  await up.stop();
  const seconds = { new: first.seconds, warm: median(warm) };
  console.log(
    `first token after ${first.seconds.toFixed(2)} s on a new folder, ${median(warm).toFixed(2)} s on a used one`,
  );
  console.log(warm.map((one) => one.toFixed(2)).join(' '));
  show('idle', idle);
  show('after a day of use', used);
  keepResult('product', { firstTokenSeconds: seconds, idle: sums(idle), used: sums(used) });
} finally {
  rmSync(home, { recursive: true, force: true });
}

function sums(processes: readonly MeasuredProcess[]) {
  const total = (of: 'rss' | 'pss'): number => Math.round(processes.reduce((sum, one) => sum + one[of], 0));
  return { pssMiB: total('pss'), rssMiB: total('rss'), processes: processes.length };
}

function show(title: string, processes: readonly MeasuredProcess[]): void {
  const { pssMiB, rssMiB } = sums(processes);
  console.log(`${title}: PSS ${pssMiB} MiB, RSS ${rssMiB} MiB`);
  for (const { name, pss, rss } of processes) console.log(`  ${name.padEnd(14)} PSS ${pss}  RSS ${rss}`);
}
