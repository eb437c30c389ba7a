/**
 * The time to open a new embedded database, alternately from prepared files and by `initdb`. Writes
 * bench/results/database.json.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGroupSync } from '../packages/postgres/src/group-sync.ts';
import { create, openPglite } from '../packages/postgres/src/open-pglite.ts';
import { keepResult, median } from './keep-result.ts';

const rounds = 7;

type Open = (folder: string | null) => ReturnType<typeof create>;
const ways: Readonly<Record<string, Open>> = {
  prepared: (folder) => openPglite(folder, createGroupSync()),
  initdb: (folder) => create(folder, null),
};

const times: Record<string, number[]> = {};
for (let round = 0; round < rounds; round++) {
  for (const place of ['memory', 'folder'] as const) {
    for (const [way, open] of Object.entries(ways)) (times[`${place} ${way}`] ??= []).push(await timeOf(open, place));
  }
}

const figures: Record<string, number> = {};
for (const [name, values] of Object.entries(times)) {
  figures[name] = median(values);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  console.log(`${name.padEnd(16)} ${median(values).toFixed(2)} s  (${least.toFixed(2)} to ${most.toFixed(2)})`);
}
keepResult('database', { rounds, medianSeconds: figures });

async function timeOf(open: Open, place: 'memory' | 'folder'): Promise<number> {
  const parent = mkdtempSync(join(tmpdir(), 'kumiki-bench-'));
  try {
    const startedAt = performance.now();
    const database = await open(place === 'memory' ? null : join(parent, 'data'));
    await database.query('SELECT 1');
    const seconds = (performance.now() - startedAt) / 1_000;
    await database.close();
    return seconds;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
