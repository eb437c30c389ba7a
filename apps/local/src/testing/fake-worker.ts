/**
 * A worker process without a model, for tests of supervision: it implements the worker's side of the contract and
 * misbehaves as selected by its engine's `contextTokens` (see fake-worker-behaviours.ts).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fakeWorkerBehaviours } from './fake-worker-behaviours.ts';

interface FakeEngine {
  readonly contextTokens?: number;
}

const { contextTokens } = JSON.parse(process.env['KUMIKI_ENGINE'] ?? '{}') as FakeEngine;
const has = (behaviour: keyof typeof fakeWorkerBehaviours): boolean =>
  contextTokens === fakeWorkerBehaviours[behaviour];
const tell = (message: object): void => void process.send?.(message);

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => {
  if (!has('ignoresSigterm')) process.exit(0);
});
process.stderr.write(`fake worker of ${process.env['KUMIKI_MODEL_NAME']}\n`);
process.stderr.write(`${JSON.stringify(Object.keys(process.env).toSorted())}\n`);

let loaded = false;
const server = createServer((_request, response) => {
  const [status, body] = health();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

function health(): [number, object] {
  if (!loaded) return [503, { status: 'starting', progress: 0.5 }];
  if (has('stalls')) return [503, { status: 'stalled' }];
  const running = has('isBusy') ? 1 : 0;
  return [200, { status: 'ok', running, waiting: 0, max_running: 4, max_waiting: 8, simulated: true }];
}

if (has('crashes')) process.exit(3);
if (has('fails')) {
  tell({ type: 'failed', reason: 'the model is made of cheese' });
  process.exit(1);
}
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  tell({ type: 'listening', port, healthPort: port });
  tell({ type: 'loading', progress: 0.5 });
  if (has('neverLoads')) return;
  loaded = true;
  tell({ type: 'ready' });
});
