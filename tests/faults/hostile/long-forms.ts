import { besideFlood, describeFlood } from '../connections/beside-flood.ts';
import { startFloodProduct } from '../connections/flood-product.ts';
import { fuzzProduct } from './fuzz-product.ts';
import { type BodyPart, stallProduct } from './stall-product.ts';
import { startTwoProjects, type TwoProjects } from './two-projects.ts';
import { besideWorstTenant, describeWorstTenant } from './worst-tenant.ts';

/** Longest stall on an idle machine. */
const stallMs = 100;
/** Larger bodies are only files, which are streamed. */
const largestBodyBytes = 32 * 1_048_576;
const aloneShare = 0.1;
const mostTimesSlower = 2;
const fuzzConcurrency = 32;
const fuzzRequests = 1_000_000;
/** Requests after which the product is recreated, since ids become stale and projects full. */
const fuzzRound = 50_000;
const complaintLimit = 40;
/** Memory must return to this multiple of its initial value. */
const memoryFactor = 1.1;
const memoryLimitMs = 120_000;
const mib = 1_048_576;
const floodConnections = 20_000;
const floodMs = 60_000;
/** Most memory that connections without a key may cost. */
const floodBytes = 200 * mib;

export interface LongFormOptions {
  readonly seed: number;
  readonly minutes: number;
  /** Only routes whose name contains it. */
  readonly route?: string;
  /** Only a part of each route's bodies. */
  readonly part?: BodyPart;
  /** Total number of mutated requests. */
  readonly requests?: number;
}

/** The long forms, by their names for `--only`. Each resolves with what is wrong. */
export const longForms: Readonly<Record<string, (options: LongFormOptions) => Promise<readonly string[]>>> = {
  stalls,
  tenants,
  fuzz,
  connections,
};

/** Prints complaints and their total number. */
export function printComplaints(complaints: readonly string[]): void {
  for (const complaint of complaints.slice(0, complaintLimit)) console.log(`  ${complaint}`);
  console.log(`${complaints.length} complaints`);
}

/** Every hostile body at the full limit of its route. */
async function stalls({ seed, route, part }: LongFormOptions): Promise<readonly string[]> {
  await using two = await startTwoProjects();
  const onBody = (line: string): void => console.log(line);
  const chosen = { ...(route === undefined ? {} : { route }), ...(part === undefined ? {} : { part }) };
  // The first round warms up.
  await stallProduct(two, { seed, bodiesPerRoute: 2, capBytes: mib, stallMs: Number.POSITIVE_INFINITY, ...chosen });
  const before = two.product.rssBytes();
  const report = await stallProduct(two, { seed, capBytes: largestBodyBytes, stallMs, onBody, ...chosen });
  const after = await settledBytes(two, before * memoryFactor);
  const statuses = [...report.byStatus].map(([status, count]) => `${count} × ${status}`).join(', ');
  console.log(
    `${report.bodies} bodies (${statuses}); at worst ${Math.round(report.worst.ms)} ms: ${report.worst.what}`,
  );
  console.log(`memory: ${Math.round(before / mib)} MiB before, ${Math.round(after / mib)} MiB after`);
  const grown = after > before * memoryFactor ? ['memory has not come back'] : [];
  return [...report.complaints, ...grown, ...(await deathOf(two))];
}

async function tenants({ seed, minutes }: LongFormOptions): Promise<readonly string[]> {
  await using two = await startTwoProjects();
  const besideMs = minutes * 60_000;
  const report = await besideWorstTenant(two, { seed, aloneMs: besideMs * aloneShare, besideMs });
  console.log(describeWorstTenant(report));
  const { aloneP95Ms, besideP95Ms, refusals, death } = report;
  const slow = besideP95Ms > mostTimesSlower * aloneP95Ms ? [`p95 of ${besideP95Ms} ms, ${aloneP95Ms} ms alone`] : [];
  return [...slow, ...refusals, ...(death === null ? [] : [`${death} has ended`])];
}

async function fuzz({ seed, requests = fuzzRequests }: LongFormOptions): Promise<readonly string[]> {
  const complaints: string[] = [];
  for (let done = 0; done < requests && complaints.length < complaintLimit; done += fuzzRound) {
    complaints.push(...(await fuzzOnce((seed + done / fuzzRound) >>> 0, Math.min(fuzzRound, requests - done))));
  }
  return complaints;
}

async function fuzzOnce(seed: number, requests: number): Promise<readonly string[]> {
  await using two = await startTwoProjects();
  const startedAt = performance.now();
  const before = two.product.rssBytes();
  const report = await fuzzProduct(two, { seed, requests, concurrency: fuzzConcurrency });
  const statuses = [...report.byStatus].toSorted(([a], [b]) => a - b).map(([status, count]) => `${count} × ${status}`);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `seed ${seed}: ${report.requests} requests in ${seconds} s: ${statuses.join(', ')}; memory ` +
      `${Math.round(before / mib)} MiB before, ${Math.round(two.product.rssBytes() / mib)} MiB after`,
  );
  return report.complaints;
}

/** 20,000 connections without a key, idle, slow or sending. */
async function connections(): Promise<readonly string[]> {
  await using product = await startFloodProduct();
  const report = await besideFlood(product, { connections: floodConnections, lastsMs: floodMs });
  console.log(describeFlood(report));
  const grown = report.mostBytes - report.beforeBytes > floodBytes ? ['they cost too much memory'] : [];
  return [...grown, ...report.complaints];
}

async function deathOf({ product }: TwoProjects): Promise<string[]> {
  const death = await product.firstDeath();
  return death === null ? [] : [`${death} has ended`];
}

/** The memory when it falls below the limit, or after a timeout. */
async function settledBytes({ product }: TwoProjects, limitBytes: number): Promise<number> {
  const until = performance.now() + memoryLimitMs;
  for (;;) {
    const bytes = product.rssBytes();
    if (bytes <= limitBytes || performance.now() > until) return bytes;
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
  }
}
