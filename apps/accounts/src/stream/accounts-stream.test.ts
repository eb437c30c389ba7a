import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test, type TestContext } from 'node:test';
import { accountsStreamPath, createKeyBodySchema, type KeyRecord, noKeyLimits } from '@kumiki/api';
import { type Database, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { type AccountsState, emptyState, followAccounts } from '@kumiki/service/accounts-stream';
import { until } from '@kumiki/testing';
import type { DatabaseAccounts } from '../database/open-database-accounts.ts';
import { openTestAccounts, silent } from '../testing/test-database.ts';
import { startStreamListener, type StreamListener } from './stream-listener.ts';

/** A revoked key is gone from every reader within this time, */
const revokedMs = 1_000;
/** on a machine that makes a key and a session in this time; a slower one has more time in proportion. */
const paceMs = 400;
const limitMs = 30_000;
const token = 'token-of-the-gateways';
const skip = whyNoPostgres() ?? false;

let server: TestPostgres;
let names = 0;
before(async () => {
  if (skip === false) server = await startPostgres();
});
after(() => server?.stop());

const serviceKey: KeyRecord = {
  id: 'key_service_search',
  name: 'search',
  project: 'kumiki',
  hash: 'ee'.repeat(32),
  roles: ['service'],
  models: null,
  paths: ['GET /v1/models'],
  limits: noKeyLimits,
  expiresAt: null,
};
const body = (name: string) => createKeyBodySchema.parse({ name });

interface Replica {
  readonly accounts: DatabaseAccounts;
  readonly listener: StreamListener;
  readonly database: Database;
  stop(): Promise<void>;
}

async function startReplica(url: string): Promise<Replica> {
  const database = openDatabase({ url, applicationName: 'test' });
  const accounts = await openTestAccounts(database);
  const { mirror } = accounts;
  const listener = await startStreamListener({
    host: '127.0.0.1',
    port: 0,
    token,
    mirror,
    serviceKeys: [serviceKey],
    log: silent,
  });
  let isStopped = false;
  return {
    accounts,
    listener,
    database,
    async stop() {
      if (isStopped) return;
      isStopped = true;
      await listener.close();
      await accounts.close();
      await database.close();
    },
  };
}

/** Two replicas on one new database. */
async function startReplicas(context: TestContext): Promise<readonly [Replica, Replica]> {
  const url = await server.createDatabase(`stream_${names++}`);
  const replicas = [await startReplica(url), await startReplica(url)] as const;
  context.after(() => Promise.all(replicas.map((one) => one.stop())));
  return replicas;
}

interface Reader {
  state(): AccountsState;
  wholes(): number;
  ageMs(): number;
}

function follow(context: TestContext, port: () => number): Reader {
  let state = emptyState();
  let wholes = 0;
  let age = Number.POSITIVE_INFINITY;
  const stop = followAccounts({
    get url() {
      return `http://127.0.0.1:${port()}`;
    },
    token: () => token,
    whole(next) {
      state = next;
      wholes++;
    },
    changed() {},
    current: (ageMs) => void (age = ageMs),
    trouble() {},
  });
  context.after(stop);
  return { state: () => state, wholes: () => wholes, ageMs: () => age };
}

test(
  'three readers of two replicas have what is made, and lose what is revoked within a second',
  { skip },
  async (context) => {
    const [one, two] = await startReplicas(context);
    const { record } = await one.accounts.keys.create(body('there before'));
    const readers = [one, two, two].map(({ listener }) => follow(context, () => listener.port));
    await until('all have the whole', limitMs, () => readers.every((reader) => reader.wholes() === 1));
    for (const reader of readers) {
      assert.deepEqual(reader.state().keys.get(serviceKey.id), serviceKey);
      const { created: _created, redacted: _redacted, ...expected } = record;
      assert.deepEqual(reader.state().keys.get(record.id), expected);
    }
    for (let at = 0; at < 10; at++) {
      const [maker, other] = at % 2 === 0 ? [one, two] : [two, one];
      const asked = performance.now();
      const made = await maker.accounts.keys.create(body(`key ${at}`));
      const { record: session } = await other.accounts.sessions.open(made.record.id);
      const allowedMs = revokedMs * Math.max(1, (performance.now() - asked) / paceMs);
      const has = (reader: Reader) =>
        reader.state().keys.has(made.record.id) && reader.state().sessions.has(session.id);
      await until('all have it', limitMs, () => readers.every(has));
      const begun = performance.now();
      await other.accounts.keys.revoke(made.record.id);
      const gone = (reader: Reader) =>
        !reader.state().keys.has(made.record.id) && !reader.state().sessions.has(session.id);
      await until('it is gone everywhere', limitMs, () => readers.every(gone));
      const tookMs = performance.now() - begun;
      assert.ok(tookMs < allowedMs, `${tookMs} of ${allowedMs} ms`);
    }
    await two.accounts.projectLimits.set('p', { files: 3 });
    await until('limits arrive', limitMs, () =>
      readers.every((one_) => one_.state().projectLimits.get('p')?.limits.files === 3),
    );
    await two.accounts.projectLimits.set('p', { files: null });
    await until('defaults arrive', limitMs, () => readers.every((one_) => !one_.state().projectLimits.has('p')));
    assert.ok(
      readers.every((reader) => reader.wholes() === 1),
      'nobody had to read everything again',
    );
  },
);

test('a reader whose replica ends goes to another one, and has what it missed', { skip }, async (context) => {
  const [one, two] = await startReplicas(context);
  let port = one.listener.port;
  const reader = follow(context, () => port);
  await until('it has the whole', limitMs, () => reader.wholes() === 1);
  await one.listener.close();
  const { record } = await two.accounts.keys.create(body('missed'));
  port = two.listener.port;
  await until('it has the other whole', limitMs, () => reader.state().keys.has(record.id));
});

test('while the database is away readers come and go, and its age is told', { skip }, async (context) => {
  const [one] = await startReplicas(context);
  const { record } = await one.accounts.keys.create(body('known'));
  const first = follow(context, () => one.listener.port);
  await until('it has the whole', limitMs, () => first.state().keys.has(record.id));
  await server.kill();
  const second = follow(context, () => one.listener.port);
  await until('another one has it too', limitMs, () => second.state().keys.has(record.id));
  await until('they are told how old it is', limitMs, () => first.ageMs() > 1_000);
  await assert.rejects(one.accounts.keys.create(body('in vain')), { code: 'service_unavailable' });
  assert.equal(one.accounts.keys.nameOf(record.id), 'known');
  await server.start();
  await until('it is known again', limitMs, () => first.ageMs() < 1_000);
  const after = await one.accounts.keys.create(body('after'));
  await until('changes go on', limitMs, () => first.state().keys.has(after.record.id));
});

test(
  'nobody reads without the token, and a reader that takes nothing costs a part of what it was to get',
  { skip },
  async (context) => {
    const [one] = await startReplicas(context);
    const { port } = one.listener;
    const url = `http://127.0.0.1:${port}`;
    const authorization = `Bearer ${token}`;
    assert.equal((await fetch(url + accountsStreamPath)).status, 401);
    assert.equal((await fetch(`${url}/`, { headers: { authorization } })).status, 404);
    assert.equal((await fetch(url + accountsStreamPath, { method: 'POST', headers: { authorization } })).status, 405);
    const models = Array.from({ length: 256 }, (_, at) => `${'m'.repeat(200)}${at}`);
    const { record } = await one.accounts.keys.create(createKeyBodySchema.parse({ name: 'large', models }));
    const socket = connect(port, '127.0.0.1');
    context.after(() => socket.destroy());
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET ${accountsStreamPath} HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\n\r\n`);
    await until('it is open', limitMs, () => one.listener.count() === 1);
    // More than what is remembered of changes, and than what sockets hold.
    for (let at = 0; at < 400; at++) {
      await one.database.transaction(async (transaction) => {
        await transaction.query('UPDATE accounts.head SET number = number + 1');
        await transaction.query("INSERT INTO accounts.outbox SELECT number, 'key', $1 FROM accounts.head", [record.id]);
      });
    }
    await one.accounts.fresh?.();
    assert.equal(one.accounts.mirror.changesAfter(1), null, 'the first changes are forgotten');
    let length = 0;
    socket.on('data', (chunk: Buffer) => (length += chunk.length));
    socket.resume();
    await until('its stream has ended', limitMs, () => one.listener.count() === 0);
    await until('what was sent before has arrived', limitMs, () => length > 0);
  },
);
