import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type KeyRecord, noKeyLimits, streamKey } from '@kumiki/api';
import { createLog } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { type AccountsSource, followSnapshots } from './follow-snapshots.ts';
import { createSnapshotHealth } from './snapshot/snapshot-health.ts';
import { type Gateway, startGateway } from './start-gateway.ts';
import type { Snapshots } from './watch-snapshots.ts';

const limitMs = 20_000;
const log = createLog({ service: 'test', level: 'silent' });

const key = (id: string): KeyRecord => ({
  id,
  name: id,
  project: 'p',
  hash: 'ab'.repeat(32),
  roles: ['inference'],
  models: null,
  limits: noKeyLimits,
  expiresAt: null,
});

const line = (value: object): string => `${JSON.stringify(value)}\n`;
const item = (id: string, gone = false) => ({ kind: 'key', id, value: gone ? null : streamKey(key(id)) });
const whole = (number: number, ids: readonly string[], version = 1): string =>
  line({ type: 'begin', version, number }) +
  ids.map((id) => line({ type: 'item', item: item(id) })).join('') +
  line({ type: 'end', count: ids.length });

/** A stand-in for accounts that says what a test wants, also what the real one never would. */
async function startSource(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-follow-'));
  const streams: ServerResponse[] = [];
  let begins = '';
  let isAway = false;
  const server = createServer((_request, response) => {
    if (isAway) return void response.destroy();
    streams.push(response);
    response.writeHead(200);
    response.write(begins);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
    // A write of the kept file may still be under way.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const routes = join(folder, 'routes.json');
  writeFileSync(routes, '{"models":[],"backends":[]}');
  const accounts: AccountsSource = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: () => 'token-of-gateways',
    keptFile: join(folder, 'kept.json'),
  };
  return {
    sources: { routes, accounts },
    keptFile: accounts.keptFile,
    count: () => streams.length,
    begin: (text: string) => void (begins = text),
    send: (value: object) => void streams.at(-1)?.write(line(value)),
    setAway(away: boolean) {
      isAway = away;
      for (const stream of streams) stream.destroy();
    },
  };
}

/** What of a gateway the snapshots use. */
function startSink(context: TestContext, snapshots: Snapshots): () => string[] {
  let ids = snapshots.initial.keys.map(({ id }) => id);
  const ignore = (): void => {};
  const gateway: Partial<Gateway> = {
    replaceKeys: (keys) => void (ids = keys.map(({ id }) => id)),
    replaceRoutes: ignore,
    replaceSessions: ignore,
    replaceProjectLimits: ignore,
  };
  snapshots.tell(gateway as Gateway);
  context.after(() => snapshots.close());
  return () => ids;
}

test('a gateway has what comes between its start and its listening, and every change, however many come at once', async (context) => {
  const source = await startSource(context);
  source.begin(whole(1, ['a']) + line({ type: 'change', number: 2, item: item('b') }));
  const health = createSnapshotHealth(() => performance.now(), 0);
  const keys = startSink(context, await followSnapshots(source.sources, health, log));
  await until('the change is there', limitMs, () => keys().join() === 'a,b');
  for (let number = 3; number <= 1_000; number++) source.send({ type: 'change', number, item: item(`k${number}`) });
  source.send({ type: 'change', number: 1_001, item: item('a', true) });
  await until('all are there', limitMs, () => keys().length === 999 && !keys().includes('a'));
  source.send({ type: 'change', number: 1_005, item: item('x') });
  await until('it has asked for the whole', limitMs, () => source.count() === 2);
  await until('it has it', limitMs, () => keys().join() === 'a,b');
});

test('what was told last is kept, and a later start needs no accounts', async (context) => {
  const source = await startSource(context);
  source.begin(whole(1, ['a', 'b']));
  const health = createSnapshotHealth(() => performance.now(), 0);
  const first = await followSnapshots(source.sources, health, log);
  startSink(context, first);
  source.send({ type: 'change', number: 2, item: item('b', true) });
  await until(
    'it is kept',
    limitMs,
    () => existsSync(source.keptFile) && !readFileSync(source.keptFile, 'utf8').includes('"b"'),
  );
  first.close();
  source.setAway(true);
  const second = await followSnapshots(source.sources, health, log);
  const keys = startSink(context, second);
  assert.deepEqual(keys(), ['a']);
  assert.equal(health.notReady(), null, 'accounts that are away are no reason to send nobody here');
  source.begin(whole(7, ['c']));
  source.setAway(false);
  await until('it follows again', limitMs, () => keys().join() === 'c');
});

test('a stream that cannot be read turns readiness and leaves in force what was told before', async (context) => {
  const source = await startSource(context);
  source.begin(whole(1, ['a']));
  const health = createSnapshotHealth(() => performance.now(), 0);
  const keys = startSink(context, await followSnapshots(source.sources, health, log));
  source.begin(whole(2, ['b'], 99));
  source.send({ type: 'change', number: 2, item: { kind: 'key', id: 'b', value: { id: 'b' } } });
  await until('it is not ready', limitMs, () => health.notReady() !== null);
  assert.match(health.notReady() ?? '', /'keys' cannot be read/);
  assert.deepEqual(keys(), ['a']);
  source.begin(whole(3, ['c']));
  await until('it is ready again with the new keys', limitMs, () => health.notReady() === null && keys()[0] === 'c');
  assert.deepEqual(keys(), ['c']);
});

test('its age is told from what accounts say of theirs', async (context) => {
  const source = await startSource(context);
  source.begin(whole(1, ['a']));
  const health = createSnapshotHealth(() => performance.now(), 0);
  const snapshots = await followSnapshots(source.sources, health, log);
  startSink(context, snapshots);
  const ageOf = (): number => health.states().find(({ name }) => name === 'keys')?.ageSeconds ?? 0;
  assert.ok(ageOf() < 30);
  source.send({ type: 'heartbeat', number: 1, age_ms: 60_000 });
  await until('it is old', limitMs, () => ageOf() >= 60);
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    pepper: new Uint8Array(32),
    ...snapshots.initial,
    log,
    snapshots: health,
  });
  context.after(() => gateway.close());
  const text = await (await fetch(`http://127.0.0.1:${gateway.opsPort}/metrics`)).text();
  assert.match(text, /kumiki_gateway_snapshot_age_seconds\{snapshot="keys"\} 6\d/);
});
