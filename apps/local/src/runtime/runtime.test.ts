import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServiceStatus } from '@kumiki/api';
import { editModelList, withPaths } from '../home/model-list.ts';
import { fakeService, startFakeRuntime } from '../testing/fake-runtime.ts';

const condition = (service: ServiceStatus, type: string) => service.conditions.find((one) => one.type === type);

test('starts the wanted replicas, and routes to them once they have said and shown that they are ready', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves', { replicas: 2 })]);
  assert.deepEqual(fake.endpoints('shop'), [], 'a model has its route before it has a replica');
  assert.equal(fake.runtime.routes().models.length, 1);
  await fake.until('two endpoints', () => fake.endpoints('shop').length === 2);
  const [route] = fake.runtime.routes().models;
  assert.equal(route?.endpoints[0]?.maxInFlight, 12);
  assert.match(route.endpoints[0]?.authorization ?? '', /^Bearer .{32}/);
  assert.equal(route.deadlines.betweenTokensMs, 4_000);
  const service = fake.runtime.service('shop');
  assert.deepEqual([service.ready, service.desired, service.simulated], [2, 2, true]);
  assert.equal(condition(service, 'Ready')?.status, 'True');
  assert.equal(condition(service, 'Progressing')?.status, 'False');
});

test('a killed replica leaves the routes at once and its place is taken by another process', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves', { replicas: 2 })]);
  await fake.until('two endpoints', () => fake.endpoints('shop').length === 2);
  const [first] = fake.runtime.service('shop').replicas;
  assert.ok(first?.pid);
  const tables: string[][] = [];
  fake.runtime.onRoutes(() => tables.push(fake.endpoints('shop')));
  process.kill(first.pid, 'SIGKILL');
  await fake.until('it is back', () => fake.endpoints('shop').includes(`${first.id}.1`));
  assert.equal(tables[0]?.length, 1, 'the first table after the death is without it');
  assert.ok(!tables.some((table) => table.length === 0));
  const again = fake.runtime.service('shop').replicas.find(({ id }) => id === first.id);
  assert.equal(again?.restarts, 1);
  assert.notEqual(again?.pid, first.pid);
});

test('a changed manifest is rolled out without a moment in which nothing serves', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves', { replicas: 2 })]);
  await fake.until('two endpoints', () => fake.endpoints('shop').length === 2);
  const before = fake.endpoints('shop');
  let least = Infinity;
  fake.runtime.onRoutes(() => (least = Math.min(least, fake.endpoints('shop').length)));
  const [result] = await fake.runtime.apply([fakeService('shop', 'behavesToo', { replicas: 2 })], null);
  assert.deepEqual(result, { name: 'shop', change: 'configured' });
  assert.equal(condition(fake.runtime.service('shop'), 'Progressing')?.reason, 'RollingOut');
  await fake.until(
    'only new replicas',
    () =>
      fake.runtime.service('shop').replicas.length === 2 && fake.endpoints('shop').every((id) => !before.includes(id)),
  );
  assert.ok(least >= 2, `there were ${least} endpoints at some time`);
});

test('a new revision that cannot start takes no traffic, and the old one goes on', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves', { replicas: 2 })]);
  await fake.until('two endpoints', () => fake.endpoints('shop').length === 2);
  const before = fake.endpoints('shop');
  await fake.runtime.apply([fakeService('shop', 'fails', { replicas: 2 })], null);
  const degraded = () => condition(fake.runtime.service('shop'), 'Degraded');
  await fake.until('degraded', () => degraded()?.status === 'True');
  assert.equal(degraded()?.reason, 'NewRevisionFails');
  assert.match(degraded()?.message ?? '', /made of cheese\. The revision before it goes on serving\.$/);
  await fake.until('a second failure', () =>
    fake.runtime.service('shop').replicas.some(({ restarts }) => restarts > 0),
  );
  assert.deepEqual(fake.endpoints('shop').toSorted(), before.toSorted());
  await fake.runtime.apply([fakeService('shop', 'behaves', { replicas: 2 })], null);
  await fake.until('the failed one is gone', () => fake.runtime.service('shop').replicas.length === 2);
  assert.deepEqual(fake.endpoints('shop').toSorted(), before.toSorted());
});

test('crashes in a row are restarted with growing waits, not in a loop', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'crashes')]);
  const replica = () => fake.runtime.service('shop').replicas[0];
  await fake.until('three crashes', () => (replica()?.restarts ?? 0) >= 2 && replica()?.phase === 'failed');
  assert.match(replica()?.reason ?? '', /ended with status 3, 3 times in a row; it will be started again/);
  assert.equal(condition(fake.runtime.service('shop'), 'Ready')?.status, 'False');
});

test('scales up, down and to zero and back', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  for (const replicas of [3, 1, 0, 2]) {
    await fake.runtime.scale('shop', replicas, null);
    await fake.until(`${replicas} replicas`, () => {
      const service = fake.runtime.service('shop');
      return service.replicas.length === replicas && service.ready === replicas;
    });
    assert.equal(fake.endpoints('shop').length, replicas);
    assert.equal(condition(fake.runtime.service('shop'), 'Ready')?.status, 'True');
  }
});

test('a replica whose engine stands still is killed and replaced', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'stalls')]);
  // It reports ready but fails its health checks: it gets no traffic and is killed.
  await fake.until('it was killed', () => fake.runtime.service('shop').replicas.some(({ restarts }) => restarts > 0));
  assert.deepEqual(fake.endpoints('shop'), []);
});

test('a replica that is stopped without ending is killed and replaced', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  const [replica] = fake.runtime.service('shop').replicas;
  assert.ok(replica?.pid);
  process.kill(replica.pid, 'SIGSTOP');
  await fake.until('another process serves', () => fake.endpoints('shop')[0] === `${replica.id}.1`);
});

test('a replica with work is drained for the limit, and a stubborn one is killed in the end', async () => {
  const rollout = { drainTimeoutMs: 300 };
  await using fake = await startFakeRuntime([
    fakeService('busy', 'isBusy', { rollout }),
    fakeService('stubborn', 'ignoresSigterm', { rollout }),
  ]);
  await fake.until('both serve', () => fake.endpoints('busy').length + fake.endpoints('stubborn').length === 2);
  await fake.runtime.scale('busy', 0, null);
  assert.equal(fake.endpoints('busy', 'draining').length, 1);
  await fake.runtime.remove('stubborn', null);
  await fake.until('both are gone', () =>
    fake.runtime.status().services.every((service: ServiceStatus) => service.replicas.length === 0),
  );
  assert.throws(() => fake.runtime.service('stubborn'), /There is no service 'stubborn'/);
});

test('a second runtime on the same folder is refused with the process that holds it', async () => {
  await using fake = await startFakeRuntime([]);
  await assert.rejects(
    async () => startFakeRuntime([], { home: fake.runtime.home.path }),
    new RegExp(`Kumiki runs already on .*, as process ${process.pid} since `),
  );
});

test('what ran is restored from the folder; with a torn file nothing starts, and without it the others do', async () => {
  const home = join(mkdtempSync(join(tmpdir(), 'kumiki-local-')), 'home');
  {
    await using fake = await startFakeRuntime([fakeService('shop', 'behaves'), fakeService('other', 'behaves')], {
      home,
    });
    await fake.runtime.scale('shop', 2, null);
  }
  assert.equal(statSync(home).mode & 0o777, 0o700);
  const torn = join(home, 'services', 'other.json');
  writeFileSync(torn, readFileSync(torn, 'utf8').slice(0, 40));
  await assert.rejects(
    startFakeRuntime([], { home }),
    /services\/other\.json cannot be used \(it is not whole JSON\), so nothing was started/,
  );
  renameSync(torn, `${torn}.torn`);
  {
    await using fake = await startFakeRuntime([fakeService('unused', 'behaves')], { home });
    assert.deepEqual(
      fake.runtime.status().services.map(({ manifest, desired }) => [manifest.metadata.name, desired]),
      [['shop', 2]],
    );
    await fake.until('two endpoints', () => fake.endpoints('shop').length === 2);
  }
  rmSync(home, { recursive: true });
});

test('a service whose model is gone at a restart says so and leaves the others alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-local-'));
  const home = join(folder, 'home');
  const source = join(folder, 'shop.gguf');
  writeFileSync(source, `GGUF${'\0'.repeat(60)}`);
  {
    const shop = fakeService('shop', 'behaves', { model: { source }, engine: { kind: 'llama' }, replicas: 0 });
    await using _ = await startFakeRuntime([shop, fakeService('other', 'behaves')], { home });
  }
  rmSync(source);
  await using fake = await startFakeRuntime([], { home });
  await fake.until('the other serves', () => fake.endpoints('other').length === 1);
  const degraded = condition(fake.runtime.service('shop'), 'Degraded');
  assert.match(degraded?.message ?? '', /there is no file or folder .*shop\.gguf\.$/);
  rmSync(folder, { recursive: true });
});

test('a first start that was cut off is done again, a finished one with nothing left is not', async () => {
  const home = join(mkdtempSync(join(tmpdir(), 'kumiki-local-')), 'home');
  const services = () => [fakeService('shop', 'behaves', { replicas: 0 })];
  mkdirSync(join(home, 'services'), { recursive: true });
  {
    await using fake = await startFakeRuntime(services(), { home });
    assert.equal(fake.runtime.status().services.length, 1);
    await fake.runtime.remove('shop', null);
  }
  await using fake = await startFakeRuntime(services(), { home });
  assert.equal(fake.runtime.status().services.length, 0);
  rmSync(home, { recursive: true });
});

test('what cannot be served is refused as a whole, with the reason', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  const { runtime } = fake;
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-local-'));
  const file = join(folder, 'text.gguf');
  writeFileSync(file, 'no model at all');
  const llama = (source: string) => fakeService('bad', 'behaves', { model: { source }, engine: { kind: 'llama' } });
  editModelList(runtime.home.modelList, (list) => withPaths(list, [folder], 'operator', 1));
  await assert.rejects(runtime.apply([fakeService('good', 'behaves'), llama(file)], null), /is not a GGUF file/);
  await assert.rejects(runtime.apply([llama(join(folder, 'none.gguf'))], null), /there is no file or folder/);
  await assert.rejects(
    runtime.apply([llama('demo:caht')], null),
    /there is no 'demo:caht'\. Did you mean 'demo:chat'\?/,
  );
  // What a manifest alone shows is refused by its schema, before any runtime.
  assert.throws(() => llama('simulated:'), /'llama' cannot serve the source 'simulated:'; write 'simulated'/);
  await assert.rejects(
    runtime.apply([fakeService('twin', 'behaves', { model: { source: 'simulated:', name: 'shop' } })], null),
    /the model name 'shop' is already that of the service 'shop'/,
  );
  const large = join(folder, 'large.gguf');
  writeFileSync(large, 'GGUF');
  // A sparse file of 4 TiB.
  truncateSync(large, 2 ** 42);
  await assert.rejects(
    runtime.apply([llama(large)], null),
    /^KumikiError: 'bad' needs \d+ MiB and \d+ MiB are free\. Take a smaller model/,
  );
  assert.ok(!runtime.status().services.some(({ manifest }) => manifest.metadata.name === 'good'));
  rmSync(folder, { recursive: true });
});

test('a remote service has routes without processes', async () => {
  const remote = fakeService('vendor', 'behaves', {
    model: { source: 'http://127.0.0.1:9/v1/' },
    engine: {
      kind: 'openai',
      endpoints: ['http://127.0.0.1:10/base/v1'],
      upstreamModel: 'big',
      continuation: 'prefill',
    },
  });
  await using fake = await startFakeRuntime([remote]);
  const [route] = fake.runtime.routes().models;
  assert.deepEqual(route?.deadlines, {
    connectMs: 1_000,
    headersMs: 120_000,
    firstTokenMs: 120_000,
    betweenTokensMs: 60_000,
    totalMs: 3_600_000,
  });
  assert.deepEqual(
    route.endpoints.map(({ url, authorization, upstreamModel, continuation, healthProbe }) => [
      url,
      authorization,
      upstreamModel,
      continuation,
      healthProbe,
    ]),
    [
      ['http://127.0.0.1:9', null, 'big', 'prefill', false],
      ['http://127.0.0.1:10/base', null, 'big', 'prefill', false],
    ],
  );
  assert.equal(fake.runtime.service('vendor').ready, 2);
  await assert.rejects(fake.runtime.scale('vendor', 3, null), /cannot be scaled here/);
});

test('a folder of models is served as one model for each file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-local-'));
  mkdirSync(join(folder, 'models'));
  for (const name of ['Tiny-Q8.gguf', 'big-00001-of-00002.gguf', 'big-00002-of-00002.gguf', 'note.txt']) {
    writeFileSync(join(folder, 'models', name), `GGUF${name}`);
  }
  const service = fakeService('shelf', 'behaves', {
    model: { source: join(folder, 'models') },
    engine: { kind: 'llama', contextTokens: 1_000 },
  });
  await using fake = await startFakeRuntime([service]);
  assert.deepEqual(fake.runtime.service('shelf').models, ['big', 'tiny-q8']);
  await fake.until('both serve', () => fake.endpoints('big').length + fake.endpoints('tiny-q8').length === 2);
  rmSync(folder, { recursive: true });
});

test('workers get no more of the environment than they need, and their output is in their log', async () => {
  process.env['KUMIKI_TEST_SECRET'] = 'hidden';
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  delete process.env['KUMIKI_TEST_SECRET'];
  const [replica] = fake.runtime.service('shop').replicas;
  assert.ok(replica);
  const lines = (await fake.runtime.logs.tail(replica.id, 10)) ?? [];
  assert.equal(lines[0], 'fake worker of shop');
  const names = JSON.parse(lines[1] ?? '[]') as string[];
  assert.ok(names.includes('KUMIKI_WORKER_TOKEN_FILE') && !names.includes('KUMIKI_TEST_SECRET'));
  assert.equal(await fake.runtime.logs.tail('../pepper', 10), null);
  assert.equal(await fake.runtime.logs.follow('../pepper', 10, assert.fail), null);
});

test('a restart replaces every replica by one of a new revision', async () => {
  await using fake = await startFakeRuntime([fakeService('shop', 'behaves')]);
  await fake.until('it serves', () => fake.endpoints('shop').length === 1);
  const { revision } = fake.runtime.service('shop');
  const [before] = fake.endpoints('shop');
  assert.notEqual((await fake.runtime.restart('shop', null)).revision, revision);
  await fake.until('another one serves', () => {
    const now = fake.endpoints('shop');
    return now.length === 1 && now[0] !== before;
  });
  const [applied] = await fake.runtime.apply([fakeService('shop', 'behaves')], null);
  assert.equal(applied?.change, 'unchanged', 'the manifest that knows nothing of the restart does not undo it');
});
