import { connect, type Socket } from 'node:net';

/**
 * One keep-alive HTTP/1.1 connection that sends prebuilt requests and parses replies only as far as needed to find
 * their ends, so that the load generator is cheap.
 */
export interface BenchClient {
  /** Sends one request; resolves when the reply has ended. Rejects when it is not a 200 or the connection breaks. */
  exchange(request: Buffer, streamed: boolean): Promise<Timing>;
  close(): void;
}

export interface Timing {
  /** Milliseconds from the request's last byte to the reply's first event (or to its head). */
  readonly firstMs: number;
  readonly totalMs: number;
}

const doneMark = Buffer.from('data: [DONE]');
const lastChunk = Buffer.from('\r\n0\r\n\r\n');
const dataMark = Buffer.from('data: {');

export async function openBenchClient(port: number): Promise<BenchClient> {
  const socket = await connectSocket(port);
  return {
    exchange: (request, streamed) => exchange(socket, request, streamed),
    close: () => socket.destroy(),
  };
}

export function connectSocket(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

function exchange(socket: Socket, request: Buffer, streamed: boolean): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    let firstAt = 0;
    let head: Buffer | null = Buffer.alloc(0);
    let bodyLeft = 0;
    let tail: Buffer = Buffer.alloc(0);
    let sawDone = false;
    const settle = (error: Error | null): void => {
      socket.off('data', onData);
      socket.off('close', onClose);
      socket.off('error', settle);
      if (error === null) resolve({ firstMs: firstAt - startedAt, totalMs: performance.now() - startedAt });
      else reject(error);
    };
    const onClose = (): void => settle(new Error('The connection closed before the reply had ended.'));
    const onData = (data: Buffer): void => {
      let bytes = data;
      if (head !== null) {
        head = Buffer.concat([head, data]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const text = head.toString('latin1', 0, end);
        if (!text.startsWith('HTTP/1.1 200 ')) return settle(new Error(`Not a 200: ${text.slice(0, 200)}`));
        bodyLeft = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? Number.NaN);
        bytes = head.subarray(end + 4);
        head = null;
        if (!streamed) firstAt = performance.now();
      }
      if (streamed || Number.isNaN(bodyLeft)) {
        const seen: Buffer = Buffer.concat([tail, bytes]);
        if (firstAt === 0 && seen.includes(dataMark)) firstAt = performance.now();
        sawDone ||= seen.includes(doneMark);
        tail = seen.subarray(Math.max(0, seen.length - doneMark.length));
        const ended = tail.subarray(-lastChunk.length).equals(lastChunk);
        if (ended) settle(streamed && !sawDone ? new Error('The stream ended without [DONE].') : null);
      } else {
        bodyLeft -= bytes.length;
        if (bodyLeft <= 0) settle(null);
      }
    };
    socket.on('data', onData);
    socket.on('close', onClose);
    socket.on('error', settle);
    socket.write(request);
  });
}
