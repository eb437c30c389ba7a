import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Database } from '../database.ts';
import { openDatabase } from '../open-database.ts';
import { startPostgres, type TestPostgres, whyNoPostgres } from '../testing/start-postgres.ts';
import { LeaseLostError } from './leased-table.ts';
import type { ClaimRoom } from './leases.ts';
import { addJobs, createJobs, emptyJobs, expireLeases, jobs, jobsInTurn } from './testing/jobs.ts';

const leaseMs = 60_000;
const holder = (owner: string) => ({ owner, leaseMs });

for (const kind of ['server', 'embedded'] as const) {
  const skip = kind === 'server' ? (whyNoPostgres() ?? false) : false;
  describe(`leases on the ${kind} database`, { skip }, () => {
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

    const claim = (owner: string, room: Partial<ClaimRoom> = {}) =>
      jobs.claim(database, holder(owner), { rows: 1, own: [], suspects: 1, ...room });
    const idsOf = (claimed: Awaited<ReturnType<typeof claim>>): string[] => claimed.map(({ row }) => row.id).toSorted();
    const stateOf = async (id: string) => {
      const { rows } = await database.query<{ fence: number; claims: number; lease_owner: string | null }>(
        'SELECT fence, claims, lease_owner FROM jobs WHERE id = $1',
        [id],
      );
      return rows[0];
    };

    test('a row has one holder; a lost lease is claimed by another, under a higher fence', async () => {
      await addJobs(database, 'p', 1);
      const [first] = await claim('a');
      assert.deepEqual([first?.lease, first?.lost, first?.verdict.kind], [{ id: 'p-1', fence: 1 }, 0, 'try']);
      assert.deepEqual(await claim('b'), []);
      await expireLeases(database);
      const [second] = await claim('b');
      assert.deepEqual([second?.lease, second?.lost], [{ id: 'p-1', fence: 2 }, 1]);
      assert.ok(first !== undefined && second !== undefined);
      assert.equal((await jobs.renew(database, [first.lease], leaseMs)).size, 0);
      assert.equal((await jobs.renew(database, [second.lease], leaseMs)).size, 1);
      await assert.rejects(
        jobs.fenced(database, first.lease, async () => {}),
        LeaseLostError,
      );
      await jobs.release(database, [first.lease]);
      assert.equal((await stateOf('p-1'))?.lease_owner, 'b');
    });

    test('a write counts under the fence alone, and holds the row until it is over', async () => {
      await addJobs(database, 'p', 1);
      const [one] = await claim('a');
      assert.ok(one !== undefined);
      const value = await jobs.fenced(database, one.lease, async (transaction, row) => {
        await transaction.query("UPDATE jobs SET note = 'written' WHERE id = 'p-1'");
        return row['project'];
      });
      assert.equal(value, 'p');
      assert.equal((await jobs.renew(database, [one.lease], leaseMs)).get('p-1')?.note, 'written');
      await database.query("UPDATE jobs SET done = true WHERE id = 'p-1'");
      await assert.rejects(
        jobs.fenced(database, one.lease, async () => {}),
        LeaseLostError,
      );
      assert.equal((await jobs.renew(database, [one.lease], leaseMs)).size, 0);
    });

    test('the project with the fewest held rows is next, in any order of queueing', async () => {
      await addJobs(database, 'many', 1_000);
      const unlimited = { rows: 3, suspects: Number.MAX_SAFE_INTEGER };
      assert.deepEqual(idsOf(await claim('a', unlimited)), ['many-1', 'many-2', 'many-3']);
      await addJobs(database, 'few', 2);
      assert.deepEqual(idsOf(await claim('b', { rows: 3 })), ['few-1', 'few-2', 'many-4']);
    });

    test('with turns, projects go round although none has a row held', async () => {
      for (const project of ['a', 'b', 'c']) await addJobs(database, project, 4);
      const order: string[] = [];
      for (let turn = 0; turn < 9; turn++) {
        const [one] = await jobsInTurn.claim(database, holder('x'), { rows: 1, own: [], suspects: 1 });
        assert.ok(one !== undefined);
        order.push(one.row.project);
        await database.query('UPDATE jobs SET done = true WHERE id = $1', [one.row.id]);
      }
      for (const turn of [0, 3, 6]) assert.deepEqual(order.slice(turn, turn + 3).toSorted(), ['a', 'b', 'c']);
    });

    test('with turns, many rows of one project are claimed at once', async () => {
      for (const project of ['a', 'b']) await addJobs(database, project, 50);
      const claimed = await jobsInTurn.claim(database, holder('x'), { rows: 100, own: [], suspects: 100 });
      assert.equal(claimed.length, 100);
    });

    test('a process claims what it has room for: rows and bytes in all and of a project', async () => {
      await addJobs(database, 'p', 9, 10);
      await addJobs(database, 'q', 1, 10);
      assert.deepEqual(idsOf(await claim('a', { rows: 9, rowsOfProject: 3, pending: new Map([['p', 1]]) })), [
        'p-1',
        'p-2',
        'q-1',
      ]);
      assert.deepEqual(idsOf(await claim('b', { rows: 9, rowsOfProjectEverywhere: 3 })), ['p-3']);
      assert.deepEqual(idsOf(await claim('b', { rows: 9, own: ['p-3'], bytesOfProject: 20 })), ['p-4']);
      assert.deepEqual(idsOf(await claim('c', { rows: 9, own: ['other'], bytes: 25 })), ['p-5', 'p-6']);
      assert.deepEqual(idsOf(await claim('c', { rows: 9, own: ['other'], bytes: 5 })), []);
      assert.deepEqual(idsOf(await claim('d', { rows: 9, bytes: 5 })), ['p-7']);
    });

    test('one suspect at a time is claimed, none where there is no room for one, and others go before it', async () => {
      await addJobs(database, 'p', 4);
      await claim('a', { rows: 2 });
      await expireLeases(database);
      assert.deepEqual(idsOf(await claim('b', { rows: 4, suspects: 0 })), ['p-3', 'p-4']);
      const [suspect, ...others] = await claim('b', { rows: 4 });
      assert.deepEqual([suspect?.verdict.kind, others.length], ['try_alone', 0]);
      await expireLeases(database);
      // The other was claimed only once. This one is refused, which puts no process at risk.
      const kinds = (await claim('c', { rows: 4, suspects: 0 })).map(({ verdict }) => verdict);
      assert.deepEqual(kinds, [{ kind: 'refuse', claims: 2 }]);
    });

    test('a release takes its claim back, and may forgive, put off and set more', async () => {
      await addJobs(database, 'p', 1);
      await claim('a');
      await expireLeases(database);
      const [one] = await claim('a');
      assert.ok(one !== undefined);
      await jobs.release(database, [one.lease]);
      assert.deepEqual(await stateOf('p-1'), { fence: 2, claims: 1, lease_owner: null });
      const [again] = await claim('a');
      assert.deepEqual([again?.lost, again?.lease.fence], [1, 3]);
      assert.ok(again !== undefined);
      await jobs.release(database, [again.lease], { afterMs: 60_000, forgive: true, also: "note = 'later'" });
      assert.deepEqual(await stateOf('p-1'), { fence: 3, claims: 0, lease_owner: null });
      assert.deepEqual(await claim('a'), []);
      assert.equal(await jobs.take(database, holder('a'), 'q', 'p-1'), null);
      assert.equal((await jobs.take(database, holder('a'), 'p', 'p-1'))?.lease.fence, 4);
      assert.equal(await jobs.take(database, holder('a'), 'p', 'p-1'), null);
    });

    test('a process leaves its own rows alone: those that it knows, and for a while those that it does not know yet', async () => {
      await addJobs(database, 'p', 2);
      await claim('a', { rows: 2 });
      await expireLeases(database);
      assert.deepEqual(await claim('a', { rows: 2, own: ['p-1', 'p-2'] }), []);
      const patient = { owner: 'a', leaseMs, ownGraceMs: 600_000 };
      assert.deepEqual(await jobs.claim(database, patient, { rows: 2, own: ['p-1'], suspects: 2 }), []);
      assert.deepEqual(idsOf(await claim('a', { rows: 2, own: ['p-1'] })), ['p-2']);
    });

    test('processes that claim at the same moment share what there is, and leave nothing', async () => {
      for (const project of ['p', 'q', 'r']) await addJobs(database, project, 8);
      const got = await Promise.all(['a', 'b', 'c', 'd'].map((owner) => claim(owner, { rows: 6 })));
      const ids = got.flatMap((claimed) => claimed.map(({ row }) => row.id));
      assert.equal(new Set(ids).size, ids.length);
      const rest = await claim('e', { rows: 24 });
      assert.equal(ids.length + rest.length, 24);
    });

    test('whatever happens to a row, its fence grows with each claim and its claims end it after two that are lost', async () => {
      const acts = fc.array(fc.constantFrom('claim', 'lose', 'release', 'progress', 'renew'), { maxLength: 25 });
      await fc.assert(
        fc.asyncProperty(acts, async (order) => {
          await emptyJobs(database);
          await addJobs(database, 'p', 1);
          let fence = 0;
          let lost = 0;
          let held: { id: string | number; fence: number } | null = null;
          for (const act of order) {
            if (act === 'claim') {
              const [one] = await claim('a');
              assert.equal(one === undefined, held !== null);
              if (one === undefined) continue;
              assert.deepEqual([one.lease.fence, one.lost], [fence + 1, lost]);
              assert.equal(one.verdict.kind, lost === 0 ? 'try' : lost === 1 ? 'try_alone' : 'refuse');
              fence++;
              held = one.lease;
            }
            if (held === null) continue;
            if (act === 'lose') {
              await expireLeases(database);
              lost++;
              held = null;
            } else if (act === 'release') {
              await jobs.release(database, [held]);
              held = null;
            } else if (act === 'progress') {
              await database.query('UPDATE jobs SET claims = 0');
              lost = -1;
            } else if (act === 'renew') assert.equal((await jobs.renew(database, [held], leaseMs)).size, 1);
            if (held === null) lost = Math.max(lost, 0);
          }
        }),
        { numRuns: kind === 'server' ? 40 : 20 },
      );
    });
  });
}
