/**
 * `npm run faults -- [--seed N] [--minutes N] [--engine simulated|demo|both] [--only NAME]`: the long fault test, of
 * workers and responses or by name: workers, responses, stalls (with `--route TEXT` those of some routes, with `--part
 * 1/4` a part of them), tenants, fuzz (with the number of `--requests N`), connections or steps (with `--seeds N` and
 * `--kind runs`, `batches` or `files`). Prints what was done and what clients saw, and ends with status 1 when anything
 * was wrong.
 */
import { parseArgs } from 'node:util';
import { faultBodies, structuredBodies } from '@kumiki/testing';
import type { ModelOptions } from '../product/product.ts';
import { describeOutage, stopDatabase } from './database-faults.ts';
import { describeGap, detectionGap } from './detection-gap.ts';
import { startDurableFleet } from './durable-fleet.ts';
import { describeDurable } from './durable-run.ts';
import { demoFleet, durableModel, simulatedFleet, slowModel } from './fault-models.ts';
import { type FaultReport, describeReport, runFaults } from './fault-run.ts';
import { longForms, printComplaints } from './hostile/long-forms.ts';
import { killDrivers, pauseDrivers } from './replica-faults.ts';
import { crashAtEveryStep } from './steps.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    minutes: { type: 'string', default: '4' },
    engine: { type: 'string', default: 'both' },
    only: { type: 'string' },
    route: { type: 'string' },
    kind: { type: 'string' },
    seeds: { type: 'string', default: '10000' },
    requests: { type: 'string' },
    part: { type: 'string' },
  },
});

const streams = 200;
const complaintLimit = 20;
const driverKills = 50;
const driverPauses = 5;
const databaseDownMs = 30_000;

console.log(`seed ${values.seed}`);
const engines = values.engine === 'both' ? ['simulated', 'demo'] : [values.engine];
const reports: FaultReport[] = [];
const longForm = longForms[values.only ?? ''];
if (values.only === 'steps') {
  const complaints = await crashAtEveryStep({
    seed: Number(values.seed),
    seeds: Number(values.seeds),
    kind: values.kind,
  });
  printComplaints(complaints);
  if (complaints.length > 0) process.exitCode = 1;
} else if (longForm !== undefined) {
  const route = values.route === undefined ? {} : { route: values.route };
  const requests = values.requests === undefined ? {} : { requests: Number(values.requests) };
  const [part, of] = (values.part ?? '1/1').split('/').map(Number);
  const some = { part: { part: part ?? 1, of: of ?? 1 } };
  const options = { seed: Number(values.seed), minutes: Number(values.minutes), ...route, ...requests, ...some };
  const complaints = await longForm(options);
  printComplaints(complaints);
  if (complaints.length > 0) process.exitCode = 1;
} else {
  if (values.only !== 'responses') await disturbWorkers();
  if (values.only !== 'workers') await disturbResponses();
}

async function disturbWorkers(): Promise<void> {
  for (const engine of engines) reports.push(...(await runRounds(engine)));
  const dead = await detectionGap('SIGKILL');
  const stalled = await detectionGap('SIGSTOP');
  console.log(`a dead worker: ${describeGap(dead)}`);
  console.log(`a stalled worker: ${describeGap(stalled)}`);
  summarise();
}

/** Faults of the replicas that drive responses, and of their database. */
async function disturbResponses(): Promise<void> {
  await using fleet = await startDurableFleet([durableModel, slowModel]);
  const seed = Number(values.seed);
  const killed = await killDrivers(fleet, driverKills, seed);
  console.log(`replicas killed: ${describeDurable(killed)}`);
  const paused = await pauseDrivers(fleet, driverPauses, seed);
  console.log(`replicas stopped beyond their leases: ${describeDurable(paused)}`);
  const restarted = await stopDatabase(fleet, 0);
  console.log(`database restarted: ${describeOutage(restarted)}`);
  const away = await stopDatabase(fleet, databaseDownMs);
  console.log(`database away: ${describeOutage(away)}`);
  const complaints = [killed, paused, restarted, away].flatMap((report) => report.complaints);
  for (const complaint of complaints.slice(0, complaintLimit)) console.log(`  ${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
}

/** Runs rounds with new seeds until this engine's share of the time has passed. */
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
  if (complaints > 0) process.exitCode = 1;
}
