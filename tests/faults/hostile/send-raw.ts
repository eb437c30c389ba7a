import { type Agent, request } from 'node:http';

/** A reply that has not come within this time has failed. */
const replyLimitMs = 180_000;

/** Event streams may go on for ever: they are left after this time. */
const eventStreamMs = 500;

/** What is kept of a reply's body. */
const keptCharacters = 65_536;

export interface RawRequest {
  readonly port: number;
  readonly method: string;
  /** Sent as it stands. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body: Buffer | null;
  readonly agent?: Agent;
}

export interface RawResult {
  /** 0 where no reply came. */
  readonly status: number;
  /** Its beginning. */
  readonly text: string;
  /** Why there is no reply, or no whole one. */
  readonly failure: string | null;
}

/** How a connection breaks that the server had closed, since it was idle, when the request came. */
const closedBefore = new Set(['EPIPE', 'ECONNRESET']);

/** Sends a request whatever it holds and reads the reply. Never rejects. */
export async function sendRaw(request: RawRequest): Promise<RawResult> {
  const result = await sendOnce(request);
  // As every client does: a new connection is dialled in place of one that was closed meanwhile.
  return result === 'closed before' ? ((await sendOnce(request, true)) as RawResult) : result;
}

function sendOnce(
  { port, method, path, headers, body, agent: pool }: RawRequest,
  fresh = false,
): Promise<RawResult | 'closed before'> {
  const agent = fresh ? undefined : pool;
  return new Promise((resolve) => {
    let status = 0;
    let text = '';
    const end = (failure: string | null): void => resolve({ status, text, failure });
    let sent: ReturnType<typeof request>;
    try {
      const length = body === null ? {} : { 'content-length': body.length };
      const options = { host: '127.0.0.1', port, method, path, timeout: replyLimitMs };
      sent = request({ ...options, headers: { ...length, ...headers }, ...(agent === undefined ? {} : { agent }) });
    } catch (error) {
      // Node itself does not let it out.
      return end(`not sent: ${String(error)}`);
    }
    sent.on('timeout', () => sent.destroy(new Error(`no reply within ${replyLimitMs} ms`)));
    // Whoever refuses a body may close before it is whole.
    sent.on('error', (error: NodeJS.ErrnoException) => {
      if (status === 0 && sent.reusedSocket && closedBefore.has(error.code ?? '')) resolve('closed before');
      else end(status === 0 ? error.message : null);
    });
    sent.on('response', (reply) => {
      status = reply.statusCode ?? 0;
      reply.setEncoding('utf8');
      if (reply.headers['content-type']?.startsWith('text/event-stream') === true) {
        const timer = setTimeout(() => {
          end(null);
          sent.destroy();
        }, eventStreamMs);
        reply.once('close', () => clearTimeout(timer));
      }
      reply.on('data', (piece: string) => {
        if (text.length < keptCharacters) text += piece;
      });
      reply.on('error', (error) => end(error.message));
      reply.on('end', () => end(null));
    });
    sent.end(body ?? undefined);
  });
}
