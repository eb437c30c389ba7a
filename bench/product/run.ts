/**
 * What `kumiki up` takes beside its models: time from its start to the first streamed token, on a new state folder and on one
 * that was used, and memory, idle and after a day's use. Linux. Keeps bench/results/product.json.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { cliEntry } from '@kumiki/cli';
import { freePort } from '@kumiki/testing';
import { keepResult, median } from '../keep-result.ts';
import { type Ask, spendDay } from './day-of-use.ts';
import { type MeasuredProcess, measureProduct } from './process-memory.ts';

const warmStarts = 5;
const startLimitMs = 60_000;
const retryMs = 10;
/** What a start leaves behind is collected, and first embeddings are made, within this. */
const settleMs = 10_000;

const home = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
try {
  const first = await startToFirstToken();
  await first.stop();
  const warm: number[] = [];
  for (let round = 0; round < warmStarts; round++) {
    const up = await startToFirstToken();
    warm.push(up.seconds);
    await up.stop();
  }
  const up = await startToFirstToken();
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

async function startToFirstToken() {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [cliEntry, 'up', '--port', String(port), '--json'], {
    env: { PATH: process.env['PATH'], HOME: home, KUMIKI_HOME: home },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const ask: Ask = async (path, init = {}) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...(init.json === undefined ? {} : { method: 'POST', body: JSON.stringify(init.json) }),
      ...(init.form === undefined ? {} : { method: 'POST', body: init.form }),
      headers: {
        authorization: `Bearer ${readFileSync(join(home, 'admin.key'), 'utf8').trim()}`,
        ...(init.json === undefined ? {} : { 'content-type': 'application/json' }),
      },
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${text}`);
    return text;
  };
  const seconds = await untilToken(ask, startedAt, child);
  // The rest may still be starting.
  await untilAnswered(() => ask('/v1/files'), startedAt);
  await untilAnswered(() => ask('/v1/responses/resp_none/input_items').catch(onlyAbsent), startedAt);
  return {
    seconds,
    ask,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilToken(ask: Ask, startedAt: number, child: ChildProcess): Promise<number> {
  const json = { model: 'demo-chat', stream: true, max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] };
  await untilAnswered(() => {
    if (child.exitCode !== null) throw new Error('kumiki up has ended');
    return ask('/v1/chat/completions', { json });
  }, startedAt);
  return (performance.now() - startedAt) / 1_000;
}

function onlyAbsent(error: Error): void {
  if (!error.message.includes('404')) throw error;
}

async function untilAnswered(work: () => Promise<unknown>, startedAt: number): Promise<void> {
  for (;;) {
    try {
      return void (await work());
    } catch (error) {
      if (performance.now() - startedAt > startLimitMs) throw error;
      await wait(retryMs);
    }
  }
}
