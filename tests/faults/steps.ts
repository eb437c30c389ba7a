import type { Database } from '@kumiki/postgres';
import { seededRandom } from '@kumiki/testing';
import { batchThroughDeaths } from '../../apps/conversations/src/batches/testing/batch-steps.ts';
import { runThroughDeaths } from '../../apps/conversations/src/runs/testing/run-steps.ts';
import { openTestDatabase } from '../../apps/conversations/src/testing/test-service.ts';
import { ingestThroughDeaths, openStepsDatabase } from '../../apps/search/src/ingest/testing/ingest-steps.ts';

/** Pieces of work of each kind after which the database is a new one: what they leave makes it slow. */
const seedsOfDatabase = 250;
const progressEvery = 1_000;

interface Kind {
  readonly name: string;
  readonly open: () => Promise<Database>;
  readonly through: (
    database: Database,
    seed: number,
    steps: readonly number[],
  ) => Promise<{ readonly deaths: number; readonly status: string }>;
  /** Deaths happen before this step. */
  readonly stepsBelow: number;
}

const kinds: readonly Kind[] = [
  { name: 'runs', open: openTestDatabase, through: runThroughDeaths, stepsBelow: 22 },
  { name: 'batches', open: openTestDatabase, through: batchThroughDeaths, stepsBelow: 60 },
  { name: 'files', open: openStepsDatabase, through: ingestThroughDeaths, stepsBelow: 36 },
];

/** A crash at every step of a run, a batch and a file, from seeds. @returns what went wrong. */
export async function crashAtEveryStep(options: { readonly seed: number; readonly seeds: number }): Promise<string[]> {
  const complaints: string[] = [];
  for (const kind of kinds) complaints.push(...(await crashKind(kind, options)));
  return complaints;
}

async function crashKind(kind: Kind, { seed: first, seeds }: { readonly seed: number; readonly seeds: number }) {
  const complaints: string[] = [];
  const ends = new Map<string, number>();
  let deaths = 0;
  let database = await kind.open();
  const begun = performance.now();
  for (let done = 0; done < seeds; done++) {
    if (done > 0 && done % seedsOfDatabase === 0) {
      await database.close();
      database = await kind.open();
    }
    const seed = (first + done) >>> 0;
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const steps = Array.from({ length: 1 + below(4) }, () => below(kind.stepsBelow));
    try {
      const end = await kind.through(database, seed, steps);
      deaths += end.deaths;
      ends.set(end.status, (ends.get(end.status) ?? 0) + 1);
    } catch (error) {
      complaints.push(`${kind.name}, seed ${seed}, steps ${steps.join(' ')}: ${String(error)}`);
    }
    if ((done + 1) % progressEvery === 0) console.log(`${kind.name}: ${done + 1} seeds`);
  }
  await database.close();
  const told = [...ends].map(([status, count]) => `${count} ${status}`).join(', ');
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`${kind.name}: ${seeds} seeds, ${deaths} deaths, ${told}, ${complaints.length} wrong, in ${seconds} s`);
  return complaints;
}
