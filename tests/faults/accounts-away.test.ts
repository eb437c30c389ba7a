import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accountsEntry } from '@kumiki/accounts/entry';
import { createdKeySchema, headers, makeApiKey } from '@kumiki/api';
import { gatewayEntry } from '@kumiki/gateway/entry';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { until } from '@kumiki/testing';
import { type ServiceProcess, startProcess } from './service-process.ts';

/**
 * Accounts as on a cluster: a PostgreSQL server, two replicas of accounts and three gateways, each a process. A revoked
 * key ends at every gateway within a second; without accounts and without PostgreSQL gateways go on, and start again.
 */

const skip = whyNoPostgres() ?? false;
/** A revoked key is refused at every gateway, and its streams are cut, within this time, */
const revokedMs = 1_000;
/** on a machine where a request to each gateway takes no longer than this; a slower one has more time in proportion. */
const paceMs = 50;
const limitMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'kumiki-accounts-away-'));
const firstKey = makeApiKey(randomBytes);
const gatewayCount = 3;

let database: TestPostgres;
let backend: Server;
let doors: readonly Door[] = [];
let accounts: ServiceProcess[] = [];
let gateways: ServiceProcess[] = [];

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const secrets = {
  pepper: write('pepper', randomBytes(32)),
  backendToken: write('backend-token', 'the-token-of-backends'),
  streamToken: write('stream-token', 'the-token-of-streams'),
  firstKey: write('first-key', firstKey),
};

/** A port that stays while the process behind it comes and goes, as that of a Service does. */
interface Door {
  readonly port: number;
  /** 0 where nobody is. */
  target: number;
  close(): void;
}

async function openDoor(): Promise<Door> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    if (door.target === 0) return void socket.destroy();
    const behind = connect(door.target, '127.0.0.1');
    behind.on('error', () => socket.destroy());
    behind.on('close', () => socket.destroy());
    socket.on('close', () => behind.destroy());
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const door: Door = { port: (server.address() as AddressInfo).port, target: 0, close: () => void server.close() };
  return door;
}

/** Two replicas; the doors of each lead to it. */
async function startAccounts(): Promise<void> {
  accounts = await Promise.all([startReplica(), startReplica()]);
  for (const [at, { port, controlPort }] of accounts.entries()) {
    doorTo(at, 'api').target = port;
    doorTo(at, 'stream').target = controlPort;
  }
}

function doorTo(replica: number, what: 'api' | 'stream'): Door {
  const door = doors[2 * replica + (what === 'api' ? 0 : 1)];
  assert.ok(door);
  return door;
}

function startReplica(): Promise<ServiceProcess> {
  return startProcess(accountsEntry, {
    KUMIKI_STREAM_PORT: '0',
    KUMIKI_POSTGRES_URL: database.url,
    KUMIKI_PEPPER_FILE: secrets.pepper,
    KUMIKI_BACKEND_TOKEN_FILE: secrets.backendToken,
    KUMIKI_STREAM_TOKEN_FILE: secrets.streamToken,
    KUMIKI_FIRST_KEY_FILE: secrets.firstKey,
    KUMIKI_SHOWN_URL: 'http://localhost:8420',
  });
}

const keptFile = (at: number): string => join(folder, `kept-${at}.json`);

/** The first follows the first replica of accounts, the others the second. */
function startGateway(at: number): Promise<ServiceProcess> {
  return startProcess(gatewayEntry, {
    KUMIKI_ROUTES_FILE: join(folder, 'routes.json'),
    KUMIKI_ACCOUNTS_STREAM_URL: `http://127.0.0.1:${doorTo(at === 0 ? 0 : 1, 'stream').port}`,
    KUMIKI_ACCOUNTS_TOKEN_FILE: secrets.streamToken,
    KUMIKI_ACCOUNTS_KEPT_FILE: keptFile(at),
    KUMIKI_PEPPER_FILE: secrets.pepper,
    KUMIKI_SNAPSHOT_GRACE_MS: '0',
  });
}

before(async () => {
  if (skip !== false) return;
  database = await startPostgres();
  backend = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: {"type":"response.output_text.delta","delta":"${String(request.headers[headers.key])}"}\n\n`);
    if (request.url?.includes('endless') !== true) response.end();
  });
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve));
  doors = await Promise.all([openDoor(), openDoor(), openDoor(), openDoor()]);
  await startAccounts();
  const token = readFileSync(secrets.backendToken, 'utf8');
  const urls = [0, 1].map((at) => `http://127.0.0.1:${doorTo(at, 'api').port}`);
  write(
    'routes.json',
    JSON.stringify({
      models: [],
      backends: [
        { prefix: '/v1/kumiki/keys', urls, authorization: `Bearer ${token}`, role: 'admin' },
        {
          prefix: '/v1/responses',
          urls: [`http://127.0.0.1:${(backend.address() as AddressInfo).port}`],
          authorization: null,
          role: 'inference',
        },
      ],
    }),
  );
  gateways = await everywhere(startGateway);
});

after(async () => {
  await Promise.all([...gateways, ...accounts].map((one) => one.kill()));
  for (const door of doors) door.close();
  backend?.closeAllConnections();
  backend?.close();
  await database?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function ask(at: number, path: string, key: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${gateways[at]?.port}/v1${path}`, {
    ...init,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  });
}

async function statusOf(at: number, key: string): Promise<number> {
  const reply = await ask(at, '/responses/resp_1', key);
  await reply.arrayBuffer();
  return reply.status;
}

const everywhere = <Value>(each: (at: number) => Promise<Value>): Promise<Value[]> =>
  Promise.all(Array.from({ length: gatewayCount }, (_, at) => each(at)));

async function makeKey(name: string): Promise<{ readonly id: string; readonly value: string }> {
  const reply = await ask(0, '/kumiki/keys', firstKey, { method: 'POST', body: JSON.stringify({ name }) });
  assert.equal(reply.status, 201, await reply.clone().text());
  return createdKeySchema.parse(await reply.json());
}

test(
  'a new key counts at every gateway, and a revoked one and its streams end everywhere within a second',
  { skip },
  async (context) => {
    for (let round = 0; round < 3; round++) {
      const { id, value } = await makeKey(`round ${round}`);
      await until('every gateway knows it', limitMs, async () =>
        (await everywhere((at) => statusOf(at, value))).every((status) => status === 200),
      );
      const asked = performance.now();
      await everywhere((at) => statusOf(at, value));
      const allowedMs = revokedMs * Math.max(1, (performance.now() - asked) / paceMs);
      const streams = await everywhere((at) => ask(at, '/responses/endless?stream=true', value));
      const texts = streams.map((stream) => stream.text().catch(() => 'cut'));
      const begun = performance.now();
      const revoked = await ask(1, `/kumiki/keys/${id}`, firstKey, { method: 'DELETE' });
      assert.equal(revoked.status, 200);
      const ends = await Promise.all(texts);
      const cutMs = performance.now() - begun;
      for (const text of ends) assert.match(text, /credential_revoked|revoked|cut/);
      await until('all refuse it', limitMs, async () =>
        (await everywhere((at) => statusOf(at, value))).every((status) => status === 401),
      );
      const refusedMs = performance.now() - begun;
      const told = `cut after ${cutMs} ms, refused after ${refusedMs} ms of ${allowedMs} ms`;
      context.diagnostic(told);
      assert.ok(cutMs < allowedMs && refusedMs < allowedMs, told);
    }
  },
);

test(
  'without accounts and PostgreSQL gateways go on and start again, ready, and come back when those do',
  { skip },
  async () => {
    const { id, value } = await makeKey('known');
    const { id: gone, value: revoked } = await makeKey('revoked before');
    assert.equal((await ask(0, `/kumiki/keys/${gone}`, firstKey, { method: 'DELETE' })).status, 200);
    const isKept = (at: number): boolean => {
      const text = readFileSync(keptFile(at), 'utf8');
      return text.includes(id) && !text.includes(gone);
    };
    await until('gateways have kept what they know', limitMs, () => [0, 1, 2].every(isKept));
    assert.equal(statSync(keptFile(0)).mode & 0o777, 0o600);
    const secretsKept = readFileSync(keptFile(0), 'utf8');
    assert.ok(!secretsKept.includes(value) && !secretsKept.includes(firstKey));
    for (const door of doors) door.target = 0;
    await Promise.all(accounts.map((one) => one.kill()));
    await database.halt();
    assert.deepEqual(await everywhere((at) => statusOf(at, value)), [200, 200, 200]);
    await Promise.all(gateways.map((one) => one.kill()));
    gateways = await everywhere(startGateway);
    assert.deepEqual(await everywhere((at) => statusOf(at, value)), [200, 200, 200]);
    assert.deepEqual(await everywhere((at) => statusOf(at, revoked)), [401, 401, 401]);
    assert.deepEqual(await everywhere((at) => readiness(at)), [200, 200, 200]);
    await until('its age grows', limitMs, async () => (await keysAge(0)) > 1);
    const refused = await ask(0, '/kumiki/keys', firstKey);
    assert.equal(refused.status, 503);
    await database.start();
    await startAccounts();
    assert.equal((await ask(2, `/kumiki/keys/${id}`, firstKey, { method: 'DELETE' })).status, 200);
    await until('all refuse it', limitMs, async () =>
      (await everywhere((at) => statusOf(at, value))).every((status) => status === 401),
    );
    await until('it is current again', limitMs, async () => (await keysAge(0)) < 5);
  },
);

test(
  'a gateway with nothing kept, or with what is damaged, starts when accounts are there, and never without keys',
  { skip },
  async () => {
    const [one] = gateways.splice(2, 1);
    await one?.kill();
    writeFileSync(keptFile(2), '{"version":1,"keys":[]');
    gateways.push(await startGateway(2));
    assert.equal(await statusOf(2, firstKey), 200);
    await until('it is kept again', limitMs, () => readFileSync(keptFile(2), 'utf8').includes('"project_limits"'));
  },
);

async function readiness(at: number): Promise<number> {
  return (await fetch(`http://127.0.0.1:${gateways[at]?.opsPort}/readyz`)).status;
}

async function keysAge(at: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${gateways[at]?.opsPort}/metrics`)).text();
  return Number(/kumiki_gateway_snapshot_age_seconds\{snapshot="keys"\} (\S+)/.exec(text)?.[1]);
}
