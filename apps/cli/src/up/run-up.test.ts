import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ApiKey, CreatedKey, ServiceStatus, Status } from '@kumiki/api';
import { isRunning } from '@kumiki/local';
import {
  type CliProcess,
  makeTestFolder,
  type ReadyLine,
  runCli,
  simulatedManifest,
  startCli,
  type TestFolder,
  untilReady,
} from '@kumiki/testing';

/** Starts `kumiki up` on a free port; resolves when it is ready. */
async function startUp(
  folder: TestFolder,
  manifest: string | null,
): Promise<CliProcess & { ready: ReadyLine } & AsyncDisposable> {
  const files = manifest === null ? [] : ['-f', folder.write('up.yaml', manifest)];
  const up = startCli(folder.home, ['up', '--port', '0', '--json', ...files]);
  const ready = await untilReady(up);
  return {
    ...up,
    ready,
    async [Symbol.asyncDispose]() {
      up.child.kill('SIGTERM');
      await up.ended;
    },
  };
}

/** Runs a command that must succeed and reads its JSON. */
async function json<Value>(folder: TestFolder, ...args: string[]): Promise<Value> {
  const { status, stdout, stderr } = await runCli(folder.home, [...args, '--json']);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Value;
}

/** The manifest of a service whose model is a file. */
function fileManifest(name: string, path: string): string {
  return simulatedManifest(name)
    .replace("'simulated:'", path)
    .replace(/ {2}engine:[\s\S]*Ms: 2\n/, '');
}

async function untilTrue(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  const limit = performance.now() + 60_000;
  while (!(await condition())) {
    assert.ok(performance.now() < limit, `not in time: ${what}`);
    await wait(20);
  }
}

// A zombie does not count as running.
const isAlive = (pid: number): boolean => isRunning({ pid, startedAt: null });

const pidsOf = (status: Status): number[] =>
  status.services.flatMap(({ replicas }) => replicas.map(({ pid }) => pid ?? 0));

test('up, look, ask, change, and down again', async () => {
  using folder = makeTestFolder();
  await using up = await startUp(folder, simulatedManifest('shop', { replicas: 2 }));
  assert.match(up.ready.apiKey, /^kmk_/);
  const status = await json<Status>(folder, 'status');
  assert.deepEqual([status.url, status.services[0]?.ready], [up.ready.url.replace(/\/v1$/, ''), 2]);

  const table = await runCli(folder.home, ['status']);
  assert.match(table.stdout, /^shop +shop \(simulated\) +chat +2\/2 +Serving$/m);
  const answer = await json<{ content: string; finish_reason: string }>(
    folder,
    'chat',
    'What',
    'is',
    'it?',
    '--max-tokens',
    '8',
  );
  assert.ok(answer.content.length > 0);
  assert.match(answer.finish_reason, /^(length|stop)$/);
  const asked = await runCli(folder.home, ['chat', '--max-tokens', '4'], 'What is it?\n');
  assert.equal(asked.status, 0, asked.stderr);
  assert.ok(asked.stdout.trim().length > 0);

  assert.equal((await json<ServiceStatus>(folder, 'scale', 'shop', '1')).desired, 1);
  const yaml = await runCli(folder.home, ['get', 'shop']);
  assert.match(yaml.stdout, /^ {2}replicas: 1$/m);
  const again = await runCli(folder.home, ['apply', '-f', folder.write('again.yaml', yaml.stdout)]);
  assert.equal(again.stdout, 'modelservice/shop unchanged\n');
  const asJson = await runCli(folder.home, ['get', '--json']);
  const piped = await runCli(folder.home, ['apply', '-f', '-'], asJson.stdout);
  assert.equal(piped.stdout, 'modelservice/shop unchanged\n', piped.stderr);
  const logs = await runCli(folder.home, ['logs', 'shop']);
  assert.match(logs.stdout, /"service":"worker"/);
  const wrong = await runCli(folder.home, ['logs', 'shpo']);
  assert.match(wrong.stderr, /There is no service or replica 'shpo'\. Did you mean 'shop'\?/);
  const all = await runCli(folder.home, ['logs', '-n', '5']);
  assert.match(all.stdout, /^database \{/m);

  const deleted = await runCli(folder.home, ['delete', 'shop']);
  assert.equal(deleted.stdout, 'modelservice/shop deleted\n');
  const nothing = await runCli(folder.home, ['chat', 'hi']);
  assert.match(nothing.stderr, /No chat model runs\./);
  const down = await runCli(folder.home, ['down']);
  assert.equal(down.stdout, `Stopped process ${up.ready.status.pid}.\n`);
  assert.equal((await up.ended).status, 0);
});

/** One product for the tests that neither stop it nor change what it runs. */
const shared = makeTestFolder();
const sharedUp = await startUp(shared, simulatedManifest('shop', { interTokenLatencyMs: 50 }));
after(async () => {
  await sharedUp[Symbol.asyncDispose]();
  shared[Symbol.dispose]();
});

test('problems of a manifest are told with their lines, and nothing is changed', async () => {
  const bad = shared.write('bad.yaml', simulatedManifest('bad').replace('replicas:', 'replcias:'));
  const start = await runCli(`${shared.home}-bad`, ['up', '-f', bad]);
  assert.equal(start.status, 1);
  assert.ok(
    start.stderr.endsWith(`${bad}:12:3: spec.replcias: unknown field. Did you mean 'replicas'?\n`),
    start.stderr,
  );
  const apply = await runCli(shared.home, ['apply', '-f', bad]);
  assert.equal(apply.status, 1);
  assert.match(apply.stderr, /^error: One problem in what is to be applied; nothing was changed\.\n/);
  const relative = shared.write('file.yaml', fileManifest('file', 'none.gguf'));
  const missing = await runCli(shared.home, ['apply', '-f', relative]);
  assert.match(missing.stderr, new RegExp(`there is no file or folder ${shared.path}/none\\.gguf`));
});

test('a start on a new folder whose model is not there ends with the reason, and the folder is free again', async () => {
  using folder = makeTestFolder();
  const file = folder.write('up.yaml', fileManifest('shop', 'none.gguf'));
  for (const more of [[], ['--json']]) {
    const start = await runCli(folder.home, ['up', '--port', '0', '-f', file, ...more]);
    assert.equal(start.status, 1);
    assert.match(start.stderr, new RegExp(`there is no file or folder ${folder.path}/none\\.gguf`));
  }
  await using up = await startUp(folder, simulatedManifest('shop'));
  assert.equal(up.ready.status.services[0]?.ready, 1);
});

test('a second up on the folder is refused with the reason, and so is a taken port', async () => {
  const second = await runCli(shared.home, ['up', '--port', '0']);
  assert.equal(second.status, 1);
  assert.match(
    second.stderr,
    new RegExp(`Kumiki runs already on .*, as process ${sharedUp.ready.status.pid} since .*'kumiki down'`),
  );
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const taken = await runCli(`${shared.home}-2`, ['up', '--port', String(port)]);
  server.close();
  assert.equal(taken.status, 1);
  assert.match(taken.stderr, new RegExp(`Port ${port} on 127\\.0\\.0\\.1 is taken by another program.*--port`));
});

test('keys are made, take effect at once, and are void at once when revoked', async () => {
  const key = await json<CreatedKey>(shared, 'key', 'create', 'app', '--expires-in', '30d');
  const models = async (): Promise<number> =>
    (await fetch(`${sharedUp.ready.url}/models`, { headers: { authorization: `Bearer ${key.value}` } })).status;
  assert.equal(await models(), 200);
  const list = await json<{ data: ApiKey[] }>(shared, 'key', 'list');
  assert.deepEqual(list.data.map(({ name }) => name).toSorted(), ['app', 'this machine']);
  const refused = await runCli(shared.home, ['status', '--api-key', key.value]);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /This API key may not/);
  const revoked = await runCli(shared.home, ['key', 'revoke', key.id]);
  assert.equal(revoked.status, 0);
  assert.equal(await models(), 401);
});

test('SIGTERM lets an answer that has begun come to its end, and waits for no reader of a log', async () => {
  using folder = makeTestFolder();
  await using up = await startUp(folder, simulatedManifest('shop', { interTokenLatencyMs: 25 }));
  const chat = startCli(folder.home, ['chat', '[[length=200]]']);
  const logs = startCli(folder.home, ['logs', '--follow']);
  await Promise.all([chat.saying(/\w/), logs.saying(/\w/)]);
  up.child.kill('SIGTERM');
  const answer = await chat.ended;
  // A stream that ends before its answer makes the command fail.
  assert.equal(answer.status, 0, answer.stderr);
  const { status, stderr } = await logs.ended;
  assert.deepEqual([status, stderr], [0, '']);
  assert.equal((await up.ended).status, 0);
});

test('Ctrl-C in a chat stops the answer in the engine too', async () => {
  const running = async (): Promise<number> =>
    (await json<Status>(shared, 'status')).services[0]?.replicas[0]?.running ?? 0;
  const chat = startCli(shared.home, ['chat', '[[length=4000]]']);
  await chat.saying(/\w/);
  await untilTrue('the answer runs', async () => (await running()) === 1);
  chat.child.kill('SIGINT');
  const { status, stderr } = await chat.ended;
  assert.deepEqual([status, stderr], [0, '(stopped)\n']);
  await untilTrue('nothing runs', async () => (await running()) === 0);
});

test('after kill -9 its workers end, and the next up goes on with what ran and the same key', async () => {
  using folder = makeTestFolder();
  const first = await startUp(folder, simulatedManifest('shop'));
  const pids = pidsOf(first.ready.status);
  first.child.kill('SIGKILL');
  await first.ended;
  await untilTrue('the workers end', () => !pids.some(isAlive));
  await using second = await startUp(folder, null);
  assert.equal(second.ready.apiKey, first.ready.apiKey);
  assert.deepEqual(second.ready.status.services[0]?.models, ['shop']);
  const { data } = await json<{ data: ApiKey[] }>(folder, 'key', 'list');
  assert.equal(data.length, 1);
});
