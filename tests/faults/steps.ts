import { fileURLToPath } from 'node:url';
import { KumikiError } from '@kumiki/api';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { seededRandom } from '@kumiki/testing';
import { batchThroughDeaths } from '../../apps/conversations/src/batches/testing/batch-steps.ts';
import { runThroughDeaths } from '../../apps/conversations/src/runs/testing/run-steps.ts';
import { ingestThroughDeaths } from '../../apps/search/src/ingest/testing/ingest-steps.ts';

/** Seeds of one kind after which the next kind has its turn, with a new database: what many pieces leave makes it slow. */
const seedsOfRound = 250;
/** Processes that die over one piece of work, at most. */
const maxDeaths = 4;
/** How often a piece of work is begun again because the database could not be reached, as on a machine that is too busy. */
const maxRepeats = 5;
/** Added to the seed of a repeated piece of work, whose rows must differ from those of any other. */
const repeatedSeeds = 2 ** 32;

interface Life {
  readonly deaths: number;
  readonly lastSteps: number;
  readonly status: string;
}

interface Kind {
  readonly name: string;
  /** Whose tables the work is in. */
  readonly app: 'conversations' | 'search';
  readonly through: (database: Database, seed: number, steps: readonly number[]) => Promise<Life>;
}

const kinds: readonly Kind[] = [
  { name: 'runs', app: 'conversations', through: runThroughDeaths },
  { name: 'batches', app: 'conversations', through: batchThroughDeaths },
  { name: 'files', app: 'search', through: ingestThroughDeaths },
];

export interface StepsOptions {
  readonly seed: number;
  /** Of each kind. */
  readonly seeds: number;
  /** One of the kinds; all of them when it is left out. */
  readonly kind?: string | undefined;
}

/**
 * A crash at every step of a run, a batch and a file: first at each step alone, then at several that the seeds choose. The
 * kinds take turns, so that all of them have come equally far whenever it is stopped. On a real PostgreSQL where one is
 * installed, else on the embedded database.
 * @returns what went wrong.
 */
export async function crashAtEveryStep({ seed, seeds, kind: only }: StepsOptions): Promise<string[]> {
  const chosen = kinds.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) throw new Error(`--kind is one of ${kinds.map(({ name }) => name).join(', ')}`);
  await using databases = await openDatabases();
  const tallies = chosen.map(createTally);
  for (let done = 0; done < seeds; done += seedsOfRound) {
    for (const [index, kind] of chosen.entries()) {
      const tally = tallies[index] ?? createTally(kind);
      const database = await databases.open(kind.app);
      if (done === 0) await crashAtEach(kind, database, tally);
      const until = Math.min(seeds, done + seedsOfRound);
      for (let next = done; next < until; next++) {
        const own = (seed + next) >>> 0;
        await crashOnce(kind, database, own, chooseSteps(own, tally.wholeLife), tally);
      }
      await database.close();
      console.log(describeTally(tally));
    }
  }
  return tallies.flatMap(({ complaints }) => complaints);
}

interface Tally {
  readonly name: string;
  /** Steps of a piece of work that nothing ends. */
  wholeLife: number;
  pieces: number;
  deaths: number;
  spentMs: number;
  readonly ends: Map<string, number>;
  readonly complaints: string[];
}

function createTally({ name }: Kind): Tally {
  return { name, wholeLife: 0, pieces: 0, deaths: 0, spentMs: 0, ends: new Map(), complaints: [] };
}

function describeTally({ name, pieces, deaths, spentMs, ends, complaints }: Tally): string {
  const told = [...ends].map(([status, count]) => `${count} ${status}`).join(', ');
  const each = Math.round(spentMs / Math.max(1, pieces));
  return `${name}: ${pieces} pieces, ${deaths} deaths, ${told}, ${complaints.length} wrong, ${each} ms each`;
}

/** One death at each step of an undisturbed life, and one right after its end. */
async function crashAtEach(kind: Kind, database: Database, tally: Tally): Promise<void> {
  const undisturbed = await kind.through(database, -1, []);
  tally.wholeLife = undisturbed.lastSteps;
  for (let step = 0; step <= tally.wholeLife; step++) {
    await crashOnce(kind, database, -2 - step, [step], tally);
  }
}

function chooseSteps(seed: number, wholeLife: number): number[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return Array.from({ length: 1 + below(maxDeaths) }, () => below(wholeLife + 1));
}

async function crashOnce(
  kind: Kind,
  database: Database,
  seed: number,
  steps: readonly number[],
  tally: Tally,
): Promise<void> {
  const begun = performance.now();
  try {
    const life = await throughWithDatabase(kind, database, seed, steps);
    tally.deaths += life.deaths;
    tally.ends.set(life.status, (tally.ends.get(life.status) ?? 0) + 1);
  } catch (error) {
    const complaint = `${kind.name}, seed ${seed}, steps ${steps.join(' ')}: ${String(error)}`;
    console.log(complaint);
    tally.complaints.push(complaint);
  }
  tally.pieces++;
  tally.spentMs += performance.now() - begun;
}

/** A piece of work is judged only when the database was there all the time; else the next try has other rows. */
async function throughWithDatabase(kind: Kind, database: Database, seed: number, steps: readonly number[]) {
  for (let repeat = 0; ; repeat++) {
    try {
      return await kind.through(database, seed + repeat * repeatedSeeds, steps);
    } catch (error) {
      const away = error instanceof KumikiError && error.code === 'service_unavailable';
      if (!away || repeat >= maxRepeats) throw error;
    }
  }
}

/** Makes databases with the tables of a service. */
async function openDatabases() {
  const server: TestPostgres | null = whyNoPostgres() === null ? await startPostgres() : null;
  let made = 0;
  return {
    async open(app: Kind['app']): Promise<Database> {
      const database = openDatabase(
        server === null
          ? { folder: null }
          : { url: await server.createDatabase(`steps_${made++}`), applicationName: 'steps' },
      );
      await migrate(database, app, fileURLToPath(new URL(`../../apps/${app}/migrations`, import.meta.url)));
      return database;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await server?.stop();
    },
  };
}
