/**
 * A process that keeps many connections open to one port, without a key: idle ones, ones with a slow head or body, ones
 * that send unsolicited data, and ones that never read. A connection that the server closes is reopened.
 */
import { connect, type Socket } from 'node:net';
import { z } from 'zod';

const optionsSchema = z.strictObject({
  port: z.int(),
  connections: z.int(),
  /** The local address that they come from. */
  from: z.string(),
  /** The largest public page or asset. */
  asset: z.string(),
});
const options = optionsSchema.parse(JSON.parse(process.argv[2] ?? ''));

/** Connections are opened in steps, so that not only the server's accept queue is tested. */
const openEveryMs = 25;
const openAtOnce = 50;
const reportEveryMs = 500;
const dripEveryMs = 1_000;
const sendEveryMs = 200;

let open = 0;
let opened = 0;
let missing = options.connections;

type Behaviour = (socket: Socket) => NodeJS.Timeout | null;

const longHeader = `x-drip: ${'a'.repeat(200)}\r\n`;
const block = Buffer.alloc(16_384, 'x');

const behaviours: readonly Behaviour[] = [
  () => null,
  (socket) => {
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n');
    return setInterval(() => socket.write(longHeader), dripEveryMs);
  },
  (socket) => {
    const head = 'POST /v1/kumiki/session HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
    socket.write(`${head}content-length: 4000\r\n\r\n{"token":"`);
    return setInterval(() => socket.write('x'), dripEveryMs);
  },
  (socket) => {
    const head = 'POST /v1/responses HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n';
    socket.write(`${head}content-length: 8000000\r\n\r\n`);
    return setInterval(() => {
      if (!socket.writableNeedDrain) socket.write(block);
    }, sendEveryMs);
  },
  (socket) => {
    socket.pause();
    socket.write(`GET ${options.asset} HTTP/1.1\r\nhost: a\r\naccept: */*\r\n\r\n`);
    return null;
  },
];

function start(kind: number): void {
  const socket = connect({ port: options.port, host: '127.0.0.1', localAddress: options.from });
  let timer: NodeJS.Timeout | null = null;
  socket.on('error', () => undefined);
  socket.on('connect', () => {
    open++;
    opened++;
    socket.resume();
    timer = behaviours[kind % behaviours.length]?.(socket) ?? null;
    socket.on('close', () => {
      open--;
    });
  });
  socket.on('close', () => {
    if (timer !== null) clearInterval(timer);
    missing++;
  });
}

let next = 0;
setInterval(() => {
  for (let count = 0; count < openAtOnce && missing > 0; count++) {
    missing--;
    start(next++);
  }
}, openEveryMs);
setInterval(() => process.send?.({ open, opened }), reportEveryMs);
process.on('disconnect', () => process.exit(0));
