import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { until } from '@kumiki/testing';
import { startWorkerProcess, stopWorkerProcesses, workerAuthorization } from '../testing/worker-process.ts';

after(stopWorkerProcesses);

interface Answer {
  readonly code: number;
  readonly status: string;
  readonly running: number;
  readonly waiting: number;
}

async function healthAt(port: number): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}/health`);
  const body = (await response.json()) as Omit<Answer, 'code'>;
  return { ...body, code: response.status };
}

const order = (port: number, fault: object): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/simulated/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: workerAuthorization },
    body: JSON.stringify(fault),
  });

test('health is answered while one request holds up the thread that serves, and tells when that lasts too long', async () => {
  const worker = startWorkerProcess({ KUMIKI_SIMULATED_FAULTS: '1', KUMIKI_STALL_MS: '2000' });
  const { port, healthPort } = await worker.ready();
  assert.notEqual(healthPort, port);
  assert.equal((await healthAt(healthPort)).status, 'ok');
  const began = performance.now();
  await order(port, { fault: 'block', for_ms: 6_000 });
  // The serving thread is blocked now: it answers nothing until the fault is over.
  let served = false;
  void fetch(`http://127.0.0.1:${port}/health`).then(() => (served = true));
  const early = await healthAt(healthPort);
  if (performance.now() - began < 1_900) assert.deepEqual([early.code, early.status], [200, 'ok']);
  await until('it says that it is stalled', 60_000, async () => (await healthAt(healthPort)).status === 'stalled');
  assert.equal(served, false, 'the serving thread must be held up while the other one answers');
  await until('it is well again', 60_000, async () => (await healthAt(healthPort)).status === 'ok');
});

test('an engine that hangs is found although both threads come round', async () => {
  const worker = startWorkerProcess({ KUMIKI_SIMULATED_FAULTS: '1', KUMIKI_STALL_MS: '300' });
  const { port, healthPort } = await worker.ready();
  await order(port, { fault: 'hang' });
  const asked = worker.ask(port, 50);
  await until('it says that it is stalled', 60_000, async () => (await healthAt(healthPort)).status === 'stalled');
  assert.equal((await healthAt(port)).status, 'stalled', 'the serving thread says the same');
  await fetch(`http://127.0.0.1:${port}/simulated/faults`, {
    method: 'DELETE',
    headers: { authorization: workerAuthorization },
  });
  await (await asked).text();
  await until('it is well again', 60_000, async () => (await healthAt(healthPort)).status === 'ok');
});

test('a request counts from its arrival, so that nobody ends a worker that has one', async () => {
  const worker = startWorkerProcess({});
  const { port, healthPort } = await worker.ready();
  const controller = new AbortController();
  const body = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{"model":')) });
  const upload = fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: workerAuthorization },
    body,
    duplex: 'half',
    signal: controller.signal,
  });
  await until('it counts', 60_000, async () => (await healthAt(healthPort)).waiting === 1);
  controller.abort();
  await assert.rejects(upload);
  await until('it is gone', 60_000, async () => (await healthAt(healthPort)).waiting === 0);
});

test('livez and readyz: a draining worker lives and is not ready', async () => {
  const worker = startWorkerProcess({});
  const { port, healthPort } = await worker.ready();
  const check = async (path: string): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${healthPort}${path}`);
    await response.body?.cancel();
    return response.status;
  };
  assert.deepEqual([await check('/livez'), await check('/readyz'), await check('/metrics')], [200, 200, 404]);
  const response = await worker.ask(port, 8_000);
  worker.child.kill('SIGTERM');
  await until('it drains', 60_000, async () => (await check('/readyz')) === 503);
  assert.equal(await check('/livez'), 200);
  await response.body?.cancel();
});
