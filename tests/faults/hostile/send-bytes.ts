import { connect } from 'node:net';

/** A connection that is not closed within this time after the last byte was sent has failed. */
const closeLimitMs = 30_000;

/** Characters of the reply that are kept. */
const keptCharacters = 65_536;

export interface BytesResult {
  /** The status of each reply. */
  readonly statuses: readonly number[];
  /** The beginning of everything received. */
  readonly text: string;
  readonly failure: string | null;
}

/** Sends any bytes on a new connection, half-closes it and reads to the end. Never rejects. */
export function sendBytes(port: number, bytes: Buffer): Promise<BytesResult> {
  return new Promise((resolve) => {
    let text = '';
    let failure: string | null = null;
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setEncoding('latin1');
    socket.setTimeout(closeLimitMs, () => {
      failure = `the connection was open ${closeLimitMs} ms later`;
      socket.destroy();
    });
    socket.on('data', (piece: string) => {
      if (text.length < keptCharacters) text += piece;
    });
    // A server that refuses may close before everything was sent.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      resolve({
        statuses: [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => Number(status)),
        text,
        failure,
      });
    });
    socket.end(bytes);
  });
}

/** The bytes of a request. */
export function bytesOf(request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}): Buffer {
  const { method, path, headers, body } = request;
  const all = { host: 'x', ...(body === null ? {} : { 'content-length': String(body.length) }), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([
    Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1'),
    body ?? Buffer.alloc(0),
  ]);
}
