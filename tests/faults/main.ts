/**
 * `npm run faults -- [--seed N] [--minutes N] [--engine simulated|demo|both]`: the long fault test. Prints what was
 * done and what clients saw, and ends with status 1 when any of them could complain.
 */
import { parseArgs } from 'node:util';
import type { ModelOptions } from '../system/product.ts';
import { describeGap, detectionGap } from './detection-gap.ts';
import { demoFleet, simulatedFleet } from './fault-models.ts';
import { type FaultReport, describeReport, runFaults } from './fault-run.ts';
import { faultBodies, structuredBodies } from './prompts.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    minutes: { type: 'string', default: '4' },
    engine: { type: 'string', default: 'both' },
  },
});

const streams = 200;
const complaintLimit = 20;

console.log(`seed ${values.seed}`);
const engines = values.engine === 'both' ? ['simulated', 'demo'] : [values.engine];
const reports: FaultReport[] = [];
for (const engine of engines) reports.push(...(await runRounds(engine)));
const dead = await detectionGap('SIGKILL');
const stalled = await detectionGap('SIGSTOP');
console.log(`a dead worker: ${describeGap(dead)}`);
console.log(`a stalled worker: ${describeGap(stalled)}`);
summarise();

/** Rounds with new seeds until this engine's part of the time is over. */
async function runRounds(engine: string): Promise<FaultReport[]> {
  const model: ModelOptions = engine === 'demo' ? demoFleet : simulatedFleet;
  const bodies = engine === 'demo' ? [...faultBodies(160), ...structuredBodies(96)] : faultBodies(200);
  const until = performance.now() + (Number(values.minutes) * 60_000) / engines.length;
  const done: FaultReport[] = [];
  while (performance.now() < until) {
    const seed = (Number(values.seed) + done.length) >>> 0;
    const report = await runFaults({
      model,
      streams,
      total: streams * (engine === 'demo' ? 6 : 3),
      bodies,
      faults: { seed, meanPauseMs: 1_500, stopShare: 0.3, stopMs: 6_000 },
    });
    done.push(report);
    console.log(`${engine}, seed ${seed}: ${describeReport(report)}`);
    for (const complaint of report.complaints.slice(0, complaintLimit)) console.log(`  ${complaint}`);
  }
  return done;
}

function summarise(): void {
  const sum = (pick: (report: FaultReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0);
  const complaints = sum((report) => report.complaints.length);
  console.log(
    `in all ${sum((report) => report.streams)} streams, ${sum((report) => report.kills)} kills, ` +
      `${sum((report) => report.stops)} stops, ${sum((report) => report.continuations)} continuations, ` +
      `${complaints} streams lost or changed`,
  );
  process.exitCode = complaints === 0 ? 0 : 1;
}
