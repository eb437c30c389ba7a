import { type Socket, connect } from 'node:net';

/** One HTTP/1.1 reply as received. */
export interface RawReply {
  readonly status: number;
  /** Lower-case names; the last value of a repeated header. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A TCP connection on which a test can write any bytes. */
export interface RawConnection extends Disposable {
  write(bytes: string | Buffer): void;
  /** Resolves with all received bytes when the server has closed the connection. */
  closed(limitMs: number): Promise<string>;
  /** Resolves with the bytes so far once they satisfy the test. */
  received(limitMs: number, enough: (text: string) => boolean): Promise<string>;
  readonly isClosed: boolean;
}

export async function openRawConnection(port: number): Promise<RawConnection> {
  const socket = await connectTo(port);
  const waiting = new Set<() => void>();
  let text = '';
  let ended = false;
  const wake = (): void => {
    for (const look of waiting) look();
  };
  socket.setEncoding('latin1');
  socket.on('data', (more: string) => {
    text += more;
    wake();
  });
  // A reset counts as closed: the server may close while we still send.
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    ended = true;
    wake();
  });

  function waitFor(what: string, limitMs: number, holds: () => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(look);
        reject(new Error(`Waited ${limitMs} ms in vain until ${what}; received: ${JSON.stringify(text)}`));
      }, limitMs);
      const look = (): void => {
        if (!holds()) return;
        clearTimeout(timer);
        waiting.delete(look);
        resolve(text);
      };
      waiting.add(look);
      look();
    });
  }

  return {
    write(bytes) {
      if (socket.writable) socket.write(bytes);
    },
    closed: (limitMs) => waitFor('the server closed the connection', limitMs, () => ended),
    received: (limitMs, enough) => waitFor('enough was received', limitMs, () => enough(text)),
    get isClosed() {
      return ended;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

function connectTo(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

/** Parses the replies in a text of bytes. Throws when the text is not a sequence of complete replies. */
export function parseReplies(text: string): RawReply[] {
  const replies: RawReply[] = [];
  let rest = text;
  while (rest.length > 0) {
    const headEnd = rest.indexOf('\r\n\r\n');
    const [statusLine = '', ...lines] = rest.slice(0, Math.max(0, headEnd)).split('\r\n');
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
    if (headEnd < 0 || status === undefined) throw new Error(`Not a reply: ${JSON.stringify(rest.slice(0, 300))}`);
    const headers = new Map(lines.map((line) => splitHeader(line)));
    rest = rest.slice(headEnd + 4);
    const { body, length } = takeBody(rest, headers, Number(status));
    replies.push({ status: Number(status), headers, body });
    rest = rest.slice(length);
  }
  return replies;
}

/** Whether the text consists of exactly that many complete replies. */
export function holdsReplies(text: string, count: number): boolean {
  try {
    return parseReplies(text).length >= count;
  } catch {
    return false;
  }
}

function splitHeader(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

function takeBody(
  rest: string,
  headers: ReadonlyMap<string, string>,
  status: number,
): { readonly body: string; readonly length: number } {
  if (headers.get('transfer-encoding') === 'chunked') return takeChunks(rest);
  const length = Number(headers.get('content-length') ?? (status < 200 || status === 204 ? 0 : rest.length));
  if (rest.length < length) throw new Error('The body is not whole.');
  return { body: Buffer.from(rest.slice(0, length), 'latin1').toString(), length };
}

function takeChunks(rest: string): { readonly body: string; readonly length: number } {
  let body = '';
  let at = 0;
  for (;;) {
    const lineEnd = rest.indexOf('\r\n', at);
    const size = Number.parseInt(rest.slice(at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size) || rest.length < lineEnd + 2 + size + 2) {
      throw new Error('The chunked body is not whole.');
    }
    body += rest.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
    if (size === 0) return { body: Buffer.from(body, 'latin1').toString(), length: at };
  }
}
