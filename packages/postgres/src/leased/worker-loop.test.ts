import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../testing/start-postgres.ts';
import type { Claimed, ClaimRoom } from './leases.ts';
import { addJobs, createJobs, emptyJobs, expireLeases, type Job, jobs } from './testing/jobs.ts';
import { startWorkerLoop, type WorkerLoop, type WorkerLoopOptions } from './worker-loop.ts';

const leaseMs = 60_000;
const neverMs = 3_600_000;

interface Workshop {
  readonly begun: string[];
  readonly open: Map<string, () => void>;
  readonly troubles: string[];
  readonly rows: number;
  readonly loop: WorkerLoop;
  until(condition: () => boolean): Promise<void>;
  end(id: string): Promise<void>;
}

/** Work that runs until the test ends it, and the rows claimed so far in order. */
function createWorkshop(database: Database, owner: string, options: Partial<WorkerLoopOptions<Job>> = {}): Workshop {
  const begun: string[] = [];
  const open = new Map<string, () => void>();
  const troubles: string[] = [];
  let wake = (): void => {};
  const workshop: Workshop = {
    begun,
    open,
    troubles,
    rows: 2,
    loop: startWorkerLoop<Job>({
      database,
      channel: 'jobs',
      pollMs: neverMs,
      graceMs: 0,
      room: () => (open.size < workshop.rows ? { rows: workshop.rows - open.size, own: [...open.keys()] } : null),
      claim: (room: ClaimRoom) => jobs.claim(database, { owner, leaseMs }, room),
      async begin({ row: { id } }: Claimed<Job>, cleared) {
        begun.push(id);
        open.set(id, () => {
          open.delete(id);
          cleared();
          workshop.loop.checkNow();
        });
        wake();
      },
      release: ({ lease }) => jobs.release(database, [lease]),
      onError(what) {
        troubles.push(what);
        wake();
      },
      ...options,
    }),
    async until(condition: () => boolean): Promise<void> {
      while (!condition()) await new Promise<void>((resolve) => (wake = resolve));
    },
    async end(id: string): Promise<void> {
      await database.query('UPDATE jobs SET done = true WHERE id = $1', [id]);
      open.get(id)?.();
    },
  };
  return workshop;
}

for (const kind of ['server', 'embedded'] as const) {
  const skip = kind === 'server' ? (whyNoPostgres() ?? false) : false;
  describe(`the worker loop on the ${kind} database`, { skip }, () => {
    let server: TestPostgres | null = null;
    let database: Database;
    before(async () => {
      if (kind === 'server') server = await startPostgres();
      database = openDatabase(server === null ? { folder: null } : { url: server.url, applicationName: 'test' });
      await createJobs(database);
    });
    after(async () => {
      await database.close();
      await server?.stop();
    });
    beforeEach(() => emptyJobs(database));

    test('work is begun as long as there is room, and more when some has ended', async () => {
      await addJobs(database, 'p', 5);
      const shop = createWorkshop(database, 'a');
      await shop.until(() => shop.begun.length === 2);
      for (let done = 0; done < 5; done++) {
        await shop.until(() => shop.open.size > 0);
        await shop.end([...shop.open.keys()][0] ?? '');
      }
      assert.deepEqual(shop.begun.toSorted(), ['p-1', 'p-2', 'p-3', 'p-4', 'p-5']);
      await shop.loop.close();
    });

    test('a notification is enough to be found, and so is another process that gives its work back', async () => {
      await addJobs(database, 'q', 1);
      const [other] = await jobs.claim(database, { owner: 'b', leaseMs }, { rows: 1, own: [], suspects: 1 });
      assert.ok(other !== undefined);
      const shop = createWorkshop(database, 'a');
      await shop.loop.claimed();
      await addJobs(database, 'p', 1);
      await database.query("SELECT pg_notify('jobs', 'new')");
      await shop.until(() => shop.begun.length === 1);
      await jobs.release(database, [other.lease]);
      await shop.until(() => shop.begun.length === 2);
      await shop.loop.close();
    });

    test('without notifications work is found at intervals', async () => {
      const deaf: Database = { ...database, listen: () => Promise.reject(new Error('deaf')) };
      const shop = createWorkshop(deaf, 'a', { pollMs: 5 });
      await shop.until(() => shop.troubles.length > 0);
      await addJobs(database, 'p', 1);
      await shop.until(() => shop.begun.length === 1);
      await shop.loop.close();
    });

    test('of suspects one at a time is begun, and the next when it is cleared', async () => {
      await addJobs(database, 'p', 2);
      await jobs.claim(database, { owner: 'dead', leaseMs }, { rows: 2, own: [], suspects: 1 });
      await expireLeases(database);
      const shop = createWorkshop(database, 'a', { pollMs: 5 });
      await shop.until(() => shop.begun.length === 1);
      await addJobs(database, 'q', 1);
      await shop.until(() => shop.begun.length === 2);
      const [suspect = ''] = shop.begun;
      assert.deepEqual(shop.begun, [suspect, 'q-1']);
      await shop.end(suspect);
      await shop.until(() => shop.begun.length === 3);
      await shop.loop.close();
    });

    test('what cannot be begun is released, and what is claimed while the process stops is given back', async () => {
      await addJobs(database, 'p', 1);
      let failures = 0;
      const shop = createWorkshop(database, 'a', {
        pollMs: 5,
        async begin() {
          failures++;
          throw new Error('no');
        },
      });
      await shop.until(() => shop.troubles.length >= 3);
      await shop.loop.close();
      const { rows } = await database.query('SELECT claims, lease_owner, fence FROM jobs');
      assert.deepEqual(rows, [{ claims: 0, lease_owner: null, fence: failures }]);

      const claiming = Promise.withResolvers<void>();
      const held = Promise.withResolvers<void>();
      const late = createWorkshop(database, 'b', {
        async claim(room) {
          const claimed = await jobs.claim(database, { owner: 'b', leaseMs }, room);
          claiming.resolve();
          await held.promise;
          return claimed;
        },
      });
      await claiming.promise;
      const stopped = late.loop.close();
      held.resolve();
      await stopped;
      assert.deepEqual(late.begun, []);
      const after = await database.query('SELECT claims, lease_owner FROM jobs');
      assert.deepEqual(after.rows, [{ claims: 0, lease_owner: null }]);
    });

    test('after a claim that failed nothing is claimed for a while: holders renew first', async () => {
      await addJobs(database, 'p', 1);
      let asked = 0;
      const shop = createWorkshop(database, 'a', {
        pollMs: 1,
        graceMs: neverMs,
        async claim() {
          asked++;
          throw new Error('away');
        },
      });
      await shop.until(() => shop.troubles.length === 1);
      for (let look = 0; look < 10; look++) {
        shop.loop.checkNow();
        await shop.loop.claimed();
      }
      assert.equal(asked, 1);
      await shop.loop.close();
    });
  });
}
