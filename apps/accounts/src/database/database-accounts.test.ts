import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type CreateKeyBody, createKeyBodySchema, defaultProjectLimits, KumikiError, makeApiKey } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { createSecretHash } from '@kumiki/seal';
import { until } from '@kumiki/testing';
import { sessionRoom } from '../sessions/session-ring.ts';
import { linkRoom } from '../sessions/sign-in-links.ts';
import {
  databaseKinds,
  openTestAccounts,
  startTestDatabases,
  type TestDatabases,
  testPepper,
} from '../testing/test-database.ts';
import { change } from './change.ts';
import { loadAll, type LoadedAccounts } from './load-accounts.ts';
import type { DatabaseAccounts } from './open-database-accounts.ts';

const limitMs = 20_000;
const body = (more: Partial<CreateKeyBody> & { name: string }) => createKeyBodySchema.parse(more);
const code = (expected: string) => (error: unknown) => error instanceof KumikiError && error.code === expected;

function listed({ number, keys, sessions, projectLimits }: LoadedAccounts): unknown {
  return {
    number,
    keys: [...keys.values()],
    sessions: [...sessions.values()],
    limits: Object.fromEntries(projectLimits),
  };
}

const stored = async (database: Database): Promise<unknown> => listed(await loadAll(database));
const held = ({ mirror }: DatabaseAccounts): unknown => listed(mirror.state());

for (const { kind, skip } of databaseKinds) {
  describe(`accounts in the ${kind} database`, { skip }, () => {
    let databases: TestDatabases;
    let database: Database;
    before(async () => {
      databases = await startTestDatabases(kind);
    });
    after(() => databases.stop());

    type Open = DatabaseAccounts & AsyncDisposable;

    async function open(): Promise<Open> {
      database = await databases.open();
      return openAgain();
    }

    /** Another replica on the same database. */
    async function openAgain(options: Parameters<typeof openTestAccounts>[1] = {}): Promise<Open> {
      const accounts = await openTestAccounts(database, options);
      return Object.assign(accounts, { [Symbol.asyncDispose]: () => accounts.close() });
    }

    test('a key is stored as its hash, is there after a restart, and is gone with its sessions when revoked', async () => {
      await using accounts = await open();
      const full = { name: 'é', project: '組', models: ['a', 'b/c'], expires_at: 9_999_999_999_999 };
      const { record, key } = await accounts.keys.create(body(full));
      const other = await accounts.keys.create(body({ name: 'other' }));
      assert.deepEqual(accounts.keys.records(), [record, other.record]);
      assert.equal(record.hash, createSecretHash(testPepper)(key));
      assert.deepEqual([record.models, record.expiresAt, record.project], [full.models, full.expires_at, '組']);
      const { rows } = await database.query<{ all: string }>(
        'SELECT json_agg(row_to_json(keys))::text AS all FROM accounts.keys',
      );
      assert.ok(!(rows[0]?.all ?? key).includes(key));
      const session = await accounts.sessions.open(record.id, 'Browser');
      await using again = await openAgain();
      assert.deepEqual(held(again), held(accounts));
      assert.equal(again.sessions.get(session.record.id)?.hash, createSecretHash(testPepper)(session.secret));
      assert.deepEqual([await again.keys.revoke(record.id), await again.keys.revoke(record.id)], [true, false]);
      assert.equal(again.keys.nameOf(record.id), null);
      await accounts.fresh?.();
      assert.deepEqual(held(accounts), await stored(database));
      assert.deepEqual(accounts.sessions.list(), []);
    });

    test('two replicas that change everything at once have the same in the end, and numbers have no gaps', async () => {
      await using one = await open();
      await using two = await openAgain();
      const { record } = await one.keys.create(body({ name: 'stays' }));
      const tasks = Array.from({ length: 8 }, async (_, at) => {
        const replica = at % 2 === 0 ? one : two;
        const made = await replica.keys.create(body({ name: `key ${at}`, project: `p${at % 3}` }));
        await replica.sessions.open(made.record.id, `browser ${at}`);
        await replica.projectLimits.set(`p${at % 3}`, { files: at });
        if (at % 4 < 2) await (at % 2 === 0 ? two : one).keys.revoke(made.record.id);
        else await replica.sessions.open(record.id);
      });
      await Promise.all(tasks);
      await Promise.all([one.fresh?.(), two.fresh?.()]);
      const expected = await stored(database);
      assert.deepEqual(held(one), expected);
      assert.deepEqual(held(two), expected);
      assert.equal(one.keys.records().length, 5);
      const { rows } = await database.query<{ numbers: number; last: number }>(
        'SELECT count(*) AS numbers, max(number) AS last FROM accounts.outbox',
      );
      assert.equal(rows[0]?.numbers, rows[0]?.last);
    });

    test('a replica that missed more than what is kept reads everything, and so after the database has gone back', async () => {
      await using accounts = await open();
      const { record } = await accounts.keys.create(body({ name: 'a' }));
      const generation = accounts.mirror.generation();
      // As another replica does it, while this one gets no notification.
      await database.transaction(async (transaction) => {
        await transaction.query("UPDATE accounts.keys SET name = 'b'");
        await transaction.query('UPDATE accounts.head SET number = 500');
        await transaction.query("INSERT INTO accounts.outbox VALUES (500, 'key', $1)", [record.id]);
      });
      await accounts.fresh?.();
      assert.equal(accounts.keys.nameOf(record.id), 'b');
      await database.transaction(async (transaction) => {
        await transaction.query("UPDATE accounts.keys SET name = 'c'");
        await transaction.query('UPDATE accounts.head SET number = 3');
        await transaction.query('DELETE FROM accounts.outbox');
      });
      await accounts.fresh?.();
      assert.equal(accounts.keys.nameOf(record.id), 'c');
      assert.equal(accounts.mirror.generation(), generation + 2);
    });

    test('a change of which no notification came is found by looking', async () => {
      await using accounts = await open();
      const { record } = await accounts.keys.create(body({ name: 'a' }));
      await database.transaction(async (transaction) => {
        await transaction.query("UPDATE accounts.keys SET name = 'silent'");
        await transaction.query('UPDATE accounts.head SET number = number + 1');
        await transaction.query("INSERT INTO accounts.outbox SELECT number, 'key', $1 FROM accounts.head", [record.id]);
      });
      await until('it is found', limitMs, () => accounts.keys.nameOf(record.id) === 'silent');
    });

    test('of a change that fails nothing is stored, and no number is used', async () => {
      await using accounts = await open();
      const before = await stored(database);
      await assert.rejects(
        change(database, async (transaction, note) => {
          await transaction.query("INSERT INTO accounts.projects (name) VALUES ('x')");
          note('project_limits', 'x');
          throw new Error('no');
        }),
        /no/,
      );
      assert.deepEqual(await stored(database), before);
      const { count } = await database.query('SELECT FROM accounts.outbox');
      assert.equal(count, 0);
      assert.equal(accounts.mirror.state().number, 0);
    });

    const onServer = { skip: kind === 'embedded' && 'it has one connection' };
    test('a replica that hangs within a change keeps the others waiting for seconds at most', onServer, async () => {
      await using accounts = await open();
      const held = Promise.withResolvers<void>();
      const hung = Promise.withResolvers<void>();
      const hangs = database.transaction(async (transaction) => {
        await transaction.query(
          "SELECT set_config('idle_in_transaction_session_timeout', '5000', true) FROM accounts.head FOR UPDATE",
        );
        held.resolve();
        await hung.promise;
      });
      hangs.catch(() => {});
      await held.promise;
      const outcomes = await Promise.allSettled([accounts.keys.create(body({ name: 'waits' }))]);
      const [outcome] = outcomes;
      if (outcome?.status === 'rejected')
        assert.ok(code('service_unavailable')(outcome.reason), String(outcome.reason));
      await until('others go on', limitMs, async () =>
        accounts.keys.create(body({ name: 'after' })).then(
          () => true,
          () => false,
        ),
      );
      hung.resolve();
      await assert.rejects(hangs);
    });

    test('the limits of a project are set by name, and reset to the defaults', async () => {
      await using accounts = await open();
      const { projectLimits } = accounts;
      await projectLimits.set('p', { files: 5, open_batches: 0 });
      await projectLimits.set('p', { files: 6 });
      assert.deepEqual(projectLimits.projects(), ['p']);
      const { limits, own } = projectLimits.of('p');
      assert.deepEqual(limits, { ...defaultProjectLimits, files: 6, open_batches: 0 });
      assert.deepEqual([...own].toSorted(), ['files', 'open_batches']);
      await projectLimits.set('p', { files: null, open_batches: null });
      assert.deepEqual([projectLimits.projects(), projectLimits.of('p').limits], [[], defaultProjectLimits]);
      const { count } = await database.query('SELECT FROM accounts.projects');
      assert.equal(count, 0);
    });

    test('keys, sessions and links have a limit, and nobody locks others out with their number', async () => {
      await using accounts = await open();
      const { keys, sessions, signInLinks } = accounts;
      const greedy = (await keys.create(body({ name: 'greedy' }))).record.id;
      const modest = (await keys.create(body({ name: 'modest' }))).record.id;
      await database.query(
        `INSERT INTO accounts.sessions (id, made, hash, key_id, created_at, expires_at)
         SELECT 'session_' || lpad(to_hex(at), 18, '0'), at, lpad(to_hex(at), 64, '0'), $1, 1, 9999999999
         FROM generate_series(1, $2::integer) AS at`,
        [greedy, sessionRoom.total],
      );
      await sessions.open(modest);
      await sessions.open(greedy);
      const { rows } = await database.query<{ key_id: string; count: number }>(
        'SELECT key_id, count(*) AS count FROM accounts.sessions GROUP BY key_id ORDER BY count',
      );
      assert.deepEqual(
        rows.map(({ key_id, count }) => [key_id, count]),
        [
          [modest, 1],
          [greedy, sessionRoom.perKey],
        ],
      );
      for (let at = 0; at <= linkRoom.perKey; at++) await signInLinks.make({ keyId: greedy, sessionId: null }, '');
      const { count } = await database.query('SELECT FROM accounts.sign_in_links');
      assert.equal(count, linkRoom.perKey);
      await database.query('UPDATE accounts.keys SET bytes = 131072');
      await database.query(
        `INSERT INTO accounts.keys SELECT 'key_' || lpad(to_hex(at), 18, '0'), at, 'x', 'default', lpad(to_hex(at), 64, '0'),
           '[]', NULL, '{}', 1, NULL, 'x', 131072 FROM generate_series(1, 62) AS at`,
      );
      await assert.rejects(keys.create(body({ name: 'too many' })), code('conflict'));
    });

    test('a link is used once, at any replica, and not beyond the key or the session that made it', async () => {
      await using accounts = await open();
      await using two = await openAgain();
      const keyId = (await accounts.keys.create(body({ name: 'a' }))).record.id;
      const token = async (sessionId: string | null): Promise<string> =>
        (await accounts.signInLinks.make({ keyId, sessionId }, 'http://x')).url.split('#token=')[1] ?? '';
      const use = async (which: string): Promise<string> => two.signInLinks.use(which);
      const first = await token(null);
      const uses = await Promise.allSettled([use(first), use(first), accounts.signInLinks.use(first)]);
      assert.deepEqual(uses.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected', 'rejected']);
      await assert.rejects(use('none'), code('invalid_sign_in_link'));
      const { record } = await accounts.sessions.open(keyId);
      const ofSession = await token(record.id);
      const ofKey = await token(null);
      await accounts.sessions.end(({ id }) => id === record.id);
      await assert.rejects(use(ofSession), code('invalid_sign_in_link'));
      await database.query('UPDATE accounts.sign_in_links SET expires_at = 1 WHERE NOT used');
      await assert.rejects(use(ofKey), /has expired/);
      const last = await token(null);
      await accounts.keys.revoke(keyId);
      await assert.rejects(use(last), code('invalid_sign_in_link'));
      await assert.rejects(two.sessions.open(keyId), code('invalid_session'));
    });

    test('another pepper is refused, and a first key counts only where nothing was ever stored', async () => {
      database = await databases.open();
      const firstKey = makeApiKey(randomBytes);
      {
        await using accounts = await openAgain({ firstKey });
        const [first, ...more] = accounts.keys.records();
        const expected = [createSecretHash(testPepper)(firstKey), ['inference', 'admin'], 0];
        assert.deepEqual([first?.hash, first?.roles, more.length], expected);
        await accounts.keys.revoke(first?.id ?? '');
      }
      {
        await using again = await openAgain({ firstKey });
        assert.deepEqual(again.keys.records(), [], 'what was revoked stays so');
      }
      await assert.rejects(openTestAccounts(database, { pepper: Buffer.alloc(32, 8) }), /KUMIKI_PEPPER_FILE/);
    });
  });
}
