import { type Agent, request } from 'node:http';

/** Timeout of a reply. */
const replyLimitMs = 180_000;

/** Event streams may be endless, so they are closed after this time. */
const eventStreamMs = 500;

/** Characters of a reply's body that are kept. */
const keptCharacters = 65_536;

export interface RawRequest {
  readonly port: number;
  readonly method: string;
  /** Sent unchanged. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body: Buffer | null;
  readonly agent?: Agent;
}

export interface RawResult {
  /** 0 without a reply. */
  readonly status: number;
  /** The beginning of its body. */
  readonly text: string;
  /** Why there is no complete reply. */
  readonly failure: string | null;
}

/** Errors of a kept-alive connection that the server had closed as idle when the request was sent. */
const closedBefore = new Set(['EPIPE', 'ECONNRESET']);

/** Sends any request and reads the reply. Never rejects. */
export async function sendRaw(request: RawRequest): Promise<RawResult> {
  const result = await sendOnce(request);
  // Like every client, retries on a new connection when an idle one was closed.
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
      // Node refuses to send it.
      return end(`not sent: ${String(error)}`);
    }
    sent.on('timeout', () => sent.destroy(new Error(`no reply within ${replyLimitMs} ms`)));
    // A server that refuses a body may close before it is complete.
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
