/**
 * The cost of open streams at the gateway: 2,000 that send something every few seconds, then clients that request a
 * long answer and never read it, while another client measures its own delay. Writes bench/results/streams.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchProcess, performLoad, script, startProcess } from '../gateway/child-process.ts';
import { startKumikiGateway } from '../gateway/kumiki-gateway.ts';
import { chatRequestBody, requestBytes } from '../gateway/wire-samples.ts';
import { keepResult } from '../keep-result.ts';

const idleStreams = 2_000;
const idlePauseMs = 3_000;
const stalledClients = 200;
/** Stalled clients before the measured ones, so that the heap has reached its working size. */
const firstStalledClients = 100;
/** Events of 2 kB: 40 MB for each client without backpressure. The kernel alone buffers about 4 MB of it. */
const stalledFrames = 20_000;
const settleMs = 5_000;

const limits = { idleRssMiB: 250, stalledKiBEach: 256, slowdownMs: 50 };

const folder = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function main(): Promise<void> {
  const upstream = await startProcess({ command: script('upstream.ts'), core: 1, port: null });
  const load = await startProcess({ command: script('load.ts'), core: 1, port: null });
  const probe = await startProcess({ command: script('load.ts'), core: 1, port: null });
  const { gateway, apiKey } = await startKumikiGateway(folder, upstream.port, 0);
  const request = (frames: number, pauseMs: number, padded = false): string =>
    requestBytes(chatRequestBody({ stream: true, frames, pauseMs, padded }), apiKey).toString('base64');
  const shortStreams = () =>
    performLoad(probe, {
      kind: 'closed-loop',
      port: gateway.port,
      request: request(16, 0),
      streamed: true,
      connections: 1,
      exchanges: 200,
    });

  await shortStreams();
  const startRss = await settled(gateway);
  const hold = { kind: 'hold', port: gateway.port, batch: 100 } as const;
  await performLoad(load, { ...hold, request: request(1_000, idlePauseMs), connections: idleStreams, reads: true });
  const idleRss = await settled(gateway);
  await performLoad(load, { kind: 'release' });

  const alone = await shortStreams();
  const stall = (connections: number) =>
    performLoad(load, { ...hold, request: request(stalledFrames, 0, true), connections, reads: false });
  await stall(firstStalledClients);
  const beforeStall = await settled(gateway);
  await stall(stalledClients);
  const stalledRss = await settled(gateway);
  const beside = await shortStreams();
  await performLoad(load, { kind: 'release' });
  for (const child of [probe, load, upstream, gateway]) await child.stop();

  report({
    startRssMiB: startRss / 2 ** 20,
    idleStreams,
    idleRssMiB: idleRss / 2 ** 20,
    stalledClients,
    stalledKiBEach: (stalledRss - beforeStall) / 1_024 / stalledClients,
    shortStreamMsP50Alone: alone.totalMsP50,
    shortStreamMsP50BesideStalled: beside.totalMsP50,
    shortStreamMsMaxBesideStalled: beside.totalMsMax,
  });
}

/** The process's memory after it has settled. */
async function settled(gateway: BenchProcess): Promise<number> {
  await new Promise((resolve) => {
    setTimeout(resolve, settleMs);
  });
  return gateway.rssBytes();
}

function report(result: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(result)) console.log(`${name.padEnd(32)} ${value.toFixed(1)}`);
  const slowdownMs = (result['shortStreamMsP50BesideStalled'] ?? 0) - (result['shortStreamMsP50Alone'] ?? 0);
  const figures: Readonly<Record<string, number>> = { ...result, slowdownMs };
  const missed = Object.entries(limits).filter(([name, most]) => (figures[name] ?? Number.NaN) > most);
  for (const [name, most] of missed) console.log(`Above its limit of ${most}: ${name}`);
  keepResult('streams', { limits, ...figures });
  process.exitCode = missed.length === 0 ? 0 : 1;
}
