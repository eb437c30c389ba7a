import assert from 'node:assert/strict';
import { readStream, streamAgent, type StreamRecord } from '@kumiki/testing';
import { type ModelOptions, type Product, startProduct } from '../product/product.ts';
import { countContinuations } from './count-continuations.ts';
import { type DisturberOptions, startDisturber } from './disturber.ts';

export interface FaultRunOptions {
  readonly model: ModelOptions;
  /** Concurrent streams; each that ends is followed by the next. */
  readonly streams: number;
  /** All streams of the run. */
  readonly total: number;
  /** Request bodies, without the model; stream `i` sends body `i` modulo their number. All greedy. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  readonly faults: DisturberOptions;
}

export interface FaultReport {
  readonly streams: number;
  readonly kills: number;
  readonly stops: number;
  readonly continuations: number;
  readonly tokens: number;
  readonly longestGapMs: number;
  readonly seconds: number;
  /** What is wrong, one line per stream; empty when nothing is. */
  readonly complaints: readonly string[];
}

/** Runs the bodies once without faults and then many times with faults, and compares. */
export async function runFaults(options: FaultRunOptions): Promise<FaultReport> {
  await using product = await startProduct([options.model]);
  const expected = await inPeace(product, options);
  const before = await countContinuations(product);
  const startedAt = performance.now();
  const disturber = startDisturber(product, options.faults);
  const records = await allStreams(product, options).finally(() => {
    disturber.end();
  });
  const complaints = records
    .map((record, index) => complaint(record, expected[index % expected.length]))
    .filter((line) => line !== null);
  return {
    streams: records.length,
    kills: disturber.kills,
    stops: disturber.stops,
    continuations: (await countContinuations(product)) - before,
    tokens: records.reduce((sum, { completionTokens }) => sum + (completionTokens ?? 0), 0),
    longestGapMs: Math.max(...records.map(({ longestGapMs }) => longestGapMs)),
    seconds: (performance.now() - startedAt) / 1_000,
    complaints,
  };
}

async function inPeace(product: Product, options: FaultRunOptions): Promise<StreamRecord[]> {
  const records = await allStreams(product, {
    ...options,
    total: options.bodies.length,
    streams: options.bodies.length,
  });
  for (const record of records) {
    assert.equal(record.fault, null, 'an undisturbed stream has no fault');
    assert.equal(record.roleDeltas, 1);
    assert.equal(record.identities.length, 1);
    assert.ok(record.text.length > 0);
  }
  return records;
}

async function allStreams(product: Product, options: FaultRunOptions): Promise<StreamRecord[]> {
  const agent = streamAgent();
  const records: StreamRecord[] = [];
  let next = 0;
  const drive = async (): Promise<void> => {
    while (next < options.total) {
      const index = next;
      next += 1;
      const body = { ...options.bodies[index % options.bodies.length], model: options.model.model };
      records[index] = await readStream({ port: product.port, apiKey: product.apiKey, body, agent });
    }
  };
  await Promise.all(Array.from({ length: options.streams }, drive));
  agent.destroy();
  return records;
}

/** The difference between a stream and the expected one, or null. */
function complaint(record: StreamRecord, expected: StreamRecord | undefined): string | null {
  if (expected === undefined) return 'there is nothing to compare it with';
  if (record.fault !== null) return record.fault;
  if (record.text !== expected.text) return `its text is another one: ${difference(record.text, expected.text)}`;
  if (record.finishReason !== expected.finishReason) return `it finished with ${record.finishReason}`;
  if (record.completionTokens !== expected.completionTokens) {
    return `its usage says ${record.completionTokens} tokens instead of ${expected.completionTokens}`;
  }
  if (record.roleDeltas !== 1) return `${record.roleDeltas} role deltas`;
  if (record.identities.length !== 1) return `it changed its identity: ${record.identities.join(' | ')}`;
  return null;
}

function difference(found: string, expected: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at += 1;
  const around = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `at ${at} of ${expected.length} ${around(found)} instead of ${around(expected)}`;
}

/** One line for people. */
export function describeReport(report: FaultReport): string {
  return (
    `${report.streams} streams, ${report.tokens} tokens, ${report.kills} kills, ${report.stops} stops, ` +
    `${report.continuations} continuations, longest wait ${report.longestGapMs.toFixed(0)} ms, ` +
    `${report.seconds.toFixed(0)} s, ${report.complaints.length} complaints`
  );
}
