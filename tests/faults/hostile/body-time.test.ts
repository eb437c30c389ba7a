import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allPaths, type PathRow } from '@kumiki/api';
import { readJson } from '@kumiki/service';
import { scanRequest } from '../../../apps/gateway/src/body/scan-request.ts';
import { growJson, type HostileBody } from './grow-body.ts';
import { sampleBodies } from './sample-bodies.ts';

/**
 * The longest uninterrupted work of a serving thread on one body: the gateway's scan, a service's parser and its
 * schema. The long form of `tests/faults/hostile` measures the same at full size, from outside.
 */

/** Longest time for a body at its route's limit. */
const stallMs = 100;
/** Bodies have this fraction of their limit, so that all of them can be tried. */
const part = 1 / 32;
/** Tolerance for JIT compilation and garbage collection. */
const floorMs = 10;
const smallBytes = 262_144;

const samples = sampleBodies({ chatModel: 'm', embeddingModel: 'e', file: 'file-1', store: 'vs_1' });

function work({ owner, body: { maxValues, schema } }: PathRow, body: Buffer): void {
  if (owner === 'gateway') {
    scanRequest(body, maxValues);
    return;
  }
  try {
    schema?.safeParse(readJson(body, maxValues));
  } catch {
    // A refusal is a valid outcome.
  }
}

function cpuMs(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}

/** Work that no change of ours makes slower: it tells how fast this machine is just now, with what else runs on it. */
const control = JSON.stringify(Array.from({ length: 65_536 }, (_, at) => ({ at, words: 'as usual' })));
/** CPU time of the control on a machine for which the limits hold. */
const controlMs = 8;
const rounds = 16;

/** The least of several rounds counts, each by the pace of the machine in that round. */
function tooSlow(row: PathRow, { shape, build }: HostileBody): string | null {
  const body = build();
  let least = cpuMs(() => work(row, body));
  for (let round = 1; round < rounds && least > limitMs; round++) {
    const slower = Math.max(1, cpuMs(() => JSON.parse(control)) / controlMs);
    least = Math.min(least, cpuMs(() => work(row, body)) / slower);
  }
  return least > limitMs
    ? `${row.method} ${row.pattern}, ${shape}: ${least.toFixed(1)} ms for ${body.length} bytes`
    : null;
}

const limitMs = floorMs + stallMs * part;

for (const row of allPaths) {
  const { kind, maxBytes } = row.body;
  if (kind !== 'json' || maxBytes < smallBytes) continue;
  test(`${row.method} ${row.pattern} keeps its thread from others for less than ${stallMs} ms, whatever its body is`, () => {
    const sample = samples.get(`${row.method} ${row.pattern}`) ?? {};
    const slow = growJson(sample, maxBytes * part).flatMap((body) => tooSlow(row, body) ?? []);
    assert.deepEqual(slow, []);
  });
}
