// @ts-check
import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { createHealthBoard, processMs } from './health-board.mjs';
import { healthReply, judgeHealth } from './judge-health.mjs';

/**
 * What the serving thread passes to this one at its start.
 * @typedef {object} HealthThreadData
 * @property {SharedArrayBuffer} memory
 * @property {import('./judge-health.mjs').HealthFacts} facts
 * @property {string} host
 * @property {number} port
 */

/**
 * The one message that this thread sends back.
 * @typedef {{ kind: 'listening', port: number } | { kind: 'failed', reason: string }} HealthThreadMessage
 */

/** Few programs read the health of a worker, and no client reaches this port. */
const maxConnections = 64;
const headerLimitBytes = 8_192;
const requestLimitMs = 5_000;

const data = /** @type {HealthThreadData} */ (workerData);
const board = createHealthBoard(data.memory);
let { facts } = data;

/** @param {HealthThreadMessage} message */
function tell(message) {
  parentPort?.postMessage(message);
}

const server = createServer(
  { requestTimeout: requestLimitMs, headersTimeout: requestLimitMs, maxHeaderSize: headerLimitBytes },
  (request, response) => {
    request.resume();
    const path = (request.url ?? '/').split('?', 1)[0];
    const now = processMs();
    const entry = board.read();
    if (path === '/health') {
      const { status, body } = healthReply(facts, entry, now);
      return answer(response, status, 'application/json', JSON.stringify(body));
    }
    const status = judgeHealth(facts, entry, now);
    const plain = 'text/plain; charset=utf-8';
    // A worker that loads or drains is alive but not ready.
    if (path === '/livez')
      return answer(response, status === 'stalled' || status === 'failed' ? 503 : 200, plain, status);
    if (path === '/readyz') return answer(response, status === 'ok' ? 200 : 503, plain, status);
    answer(response, 404, plain, 'no such path');
  },
);

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} contentType
 * @param {string} text
 */
function answer(response, status, contentType, text) {
  response.writeHead(status, { 'content-type': contentType }).end(text);
}

server.maxConnections = maxConnections;
server.once('error', (error) => tell({ kind: 'failed', reason: error.message }));
server.listen(data.port, data.host, () => {
  const address = server.address();
  tell({ kind: 'listening', port: typeof address === 'object' && address !== null ? address.port : 0 });
});
parentPort?.on('message', (message) => {
  facts = message;
});
