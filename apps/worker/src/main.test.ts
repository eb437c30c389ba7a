import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { until } from '@kumiki/testing';
import {
  startWorkerProcess as start,
  type StartedWorker,
  stopWorkerProcesses,
  workerAuthorization,
} from './testing/worker-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-worker-'));
after(() => {
  stopWorkerProcesses();
  rmSync(folder, { recursive: true });
});

test('a worker tells where it listens and when it is ready, and after SIGTERM finishes what it has begun', async () => {
  const worker = start({});
  const { port } = await worker.ready();
  assert.deepEqual(
    worker.messages.map(({ type }) => type),
    ['listening', 'ready'],
  );
  const response = await worker.ask(port, 60);
  worker.child.kill('SIGTERM');
  assert.match(await response.text(), /\[DONE\]\n\n$/);
  assert.deepEqual(await worker.exited, [0, null]);
});

test('a second SIGTERM ends it at once', async () => {
  const worker = start({});
  const { port } = await worker.ready();
  const response = await worker.ask(port, 8_000);
  worker.child.kill('SIGTERM');
  await until('it drains', 60_000, async () => (await fetch(`http://127.0.0.1:${port}/health`)).status === 503);
  worker.child.kill('SIGTERM');
  assert.deepEqual(await worker.exited, [1, null]);
  await assert.rejects(response.text());
});

test('when its parent is gone it ends', async () => {
  const worker = start({});
  await worker.ready();
  worker.child.disconnect();
  assert.deepEqual(await worker.exited, [0, null]);
});

test('what cannot be loaded is told with its reason, and the worker ends with status 1', async () => {
  const text = join(folder, 'text.gguf');
  writeFileSync(text, 'no model');
  for (const source of [join(folder, 'absent.gguf'), text]) {
    const worker = start({ KUMIKI_MODEL_SOURCE: source });
    assert.deepEqual(await worker.exited, [1, null]);
    const failed = worker.messages.find(({ type }) => type === 'failed');
    assert.ok(failed?.reason !== undefined && failed.reason.length > 10, JSON.stringify(worker.messages));
    assert.match(failed.reason, /gguf/i);
  }
});

test('a misspelt setting is refused with the one that was meant', async () => {
  const worker = start({ KUMIKI_MODEL_NAM: 'x' });
  assert.deepEqual(await worker.exited, [2, null]);
  assert.match(worker.errors(), /Did you mean 'KUMIKI_MODEL_NAME'/);
});

test('without a token, or with one that is too short, it does not start and says what would do', async () => {
  const absent = start({}, null);
  assert.deepEqual(await absent.exited, [2, null]);
  assert.match(absent.errors(), /KUMIKI_WORKER_TOKEN_FILE: is missing: name a file with a token of at least 16/);
  const path = join(folder, 'token');
  writeFileSync(path, '0123456789abcde\n');
  const short = start({}, path);
  assert.deepEqual(await short.exited, [2, null]);
  assert.match(short.errors(), /KUMIKI_WORKER_TOKEN_FILE: must lead to at least 16/);
  assert.ok(!short.errors().includes('0123456789'));
  // The former variable with the token itself is not accepted.
  const inEnvironment = start({ KUMIKI_WORKER_TOKEN: '0123456789abcdef' }, null);
  assert.deepEqual(await inEnvironment.exited, [2, null]);
});

test('who has not the token of its file is refused', async () => {
  const path = join(folder, 'token');
  writeFileSync(path, '0123456789abcdef\n');
  const { port } = await start({}, path).ready();
  const status = async (authorization: string): Promise<number> =>
    (await fetch(`http://127.0.0.1:${port}/v1/models`, { headers: { authorization } })).status;
  assert.deepEqual([await status(workerAuthorization), await status('Bearer 0123456789abcdef')], [401, 200]);
});

test('faults can be ordered only when the environment allows it', async () => {
  const order = async (environment: Record<string, string>): Promise<[number, StartedWorker]> => {
    const worker = start(environment);
    const response = await fetch(`http://127.0.0.1:${(await worker.ready()).port}/simulated/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: workerAuthorization },
      body: '{"fault":"die"}',
    });
    return [response.status, worker];
  };
  const [refused] = await order({});
  assert.equal(refused, 404);
  const [taken, dying] = await order({ KUMIKI_SIMULATED_FAULTS: '1' });
  assert.equal(taken, 200);
  assert.deepEqual(await dying.exited, [null, 'SIGKILL']);
});
