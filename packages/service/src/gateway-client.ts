import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { errorTable, type ErrorCode, KumikiError } from '@kumiki/api/errors';
import { headers } from '@kumiki/api/headers';
import type { z } from 'zod';

/** More than all runs of a process, so that waiting runs of one project do not block others. */
const maxConnections = 2_048;
/** A gateway that sends nothing for this long, not even a comment, counts as gone. */
const defaultSilenceMs = 60_000;
/** Longest reply that is read into memory. */
const maxReplyBytes = 67_108_864;
/** `retry-after` while the gateway cannot be reached or breaks off. */
const retryAfterMs = 1_000;

export interface GatewayClientOptions {
  /** Origin of the gateway, for example `http://127.0.0.1:8420`. */
  readonly url: string;
  /** An API key of the role `service`. Read at each call, so that it can be replaced. */
  readonly key: () => string;
}

export interface GatewayCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Path and query. */
  readonly path: string;
  /** JSON, or bytes with their content type. */
  readonly body?: unknown;
  readonly bytes?: { readonly contentType: string; readonly data: Uint8Array };
  /** A streamed body of unknown length. If it fails, the call fails. */
  readonly stream?: { readonly contentType: string; readonly data: AsyncIterable<Uint8Array> };
  /** Id of the key that the call acts for. */
  readonly keyId: string;
  readonly lowPriority?: boolean;
  /** Whether to ask for token ids in comments of the stream. */
  readonly tokenIds?: boolean;
  readonly requestId?: string;
  /** The W3C trace context of the request that caused this call. */
  readonly traceparent?: string | null;
  /** Idempotency key, for routes that support it. */
  readonly idempotencyKey?: string;
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

export interface GatewayReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: IncomingMessage;
}

/** Services call models, files and each other through the gateway, on behalf of the key that called them. */
export interface GatewayClient {
  /**
   * Resolves with the head of the reply. Throws KumikiError for a refusal (with the gateway's own code) and when the
   * gateway is unreachable.
   */
  send(call: GatewayCall): Promise<GatewayReply>;
  /** Like `send`, but returns refusals as replies. */
  exchange(call: GatewayCall): Promise<GatewayReply>;
  /**
   * The whole reply, which is JSON of this schema. Throws KumikiError also when the reply breaks off
   * (`service_unavailable`), is too large or is something else (`upstream_error`): replies of outside servers reach the caller
   * as they are.
   */
  json<Value>(call: GatewayCall, schema: z.ZodType<Value>): Promise<Value>;
  close(): void;
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const base = new URL(options.url);
  const secure = base.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: maxConnections })
    : new HttpAgent({ keepAlive: true, maxSockets: maxConnections });

  function open(call: GatewayCall): Promise<IncomingMessage> {
    const bytes = call.bytes?.data ?? (call.body === undefined ? null : Buffer.from(JSON.stringify(call.body)));
    const request = (secure ? httpsRequest : httpRequest)({
      agent,
      hostname: base.hostname,
      port: base.port,
      method: call.method,
      path: `${base.pathname.replace(/\/$/, '')}${call.path}`,
      headers: headersOf(call, options.key(), bytes),
      timeout: call.silenceMs ?? defaultSilenceMs,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    return new Promise((resolve, reject) => {
      request.once('timeout', () => request.destroy(new Error('the gateway sent nothing in time')));
      request.once('response', resolve);
      // This handler stays, since a connection that breaks during the reply reports here too.
      request.on('error', reject);
      if (call.stream === undefined) request.end(bytes ?? undefined);
      else pipeline(Readable.from(call.stream.data, { objectMode: false }), request).catch(reject);
    });
  }

  async function exchange(call: GatewayCall): Promise<GatewayReply> {
    let reply: IncomingMessage;
    try {
      reply = await open(call);
    } catch (error) {
      call.signal?.throwIfAborted();
      throw unavailable('The gateway cannot be reached', error);
    }
    return { status: reply.statusCode ?? 502, headers: reply.headers, body: reply };
  }

  async function send(call: GatewayCall): Promise<GatewayReply> {
    const reply = await exchange(call);
    if (reply.status < 400) return reply;
    // A refusal that breaks off is one all the same.
    const body = await readWhole(reply.body).catch(() => Buffer.alloc(0));
    call.signal?.throwIfAborted();
    throw refusalOf(reply.status, reply.headers, body);
  }

  return {
    send,
    exchange,
    async json<Value>(call: GatewayCall, schema: z.ZodType<Value>) {
      const { body } = await send(call);
      const whole = await readWhole(body).catch((error: unknown) => {
        call.signal?.throwIfAborted();
        throw error instanceof KumikiError ? error : unavailable('The gateway broke its reply off', error);
      });
      return readValue(whole, schema);
    },
    close: () => agent.destroy(),
  };
}

function headersOf(call: GatewayCall, key: string, bytes: Uint8Array | null): Record<string, string> {
  const result: Record<string, string> = { authorization: `Bearer ${key}`, [headers.actFor]: call.keyId };
  if (bytes !== null) {
    result['content-type'] = call.bytes?.contentType ?? 'application/json';
    result['content-length'] = String(bytes.length);
  }
  if (call.stream !== undefined) result['content-type'] = call.stream.contentType;
  if (call.idempotencyKey !== undefined) result['idempotency-key'] = call.idempotencyKey;
  if (call.lowPriority === true) result[headers.priority] = 'low';
  if (call.tokenIds === true) result[headers.tokenIds] = '1';
  if (call.requestId !== undefined) result[headers.requestId] = call.requestId;
  if (typeof call.traceparent === 'string') result['traceparent'] = call.traceparent;
  return result;
}

async function readWhole(body: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += (chunk as Buffer).length;
    if (length > maxReplyBytes) {
      throw new KumikiError('upstream_error', { reason: `its reply is larger than ${maxReplyBytes} bytes` });
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function readValue<Value>(body: Buffer, schema: z.ZodType<Value>): Value {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch (error) {
    throw new KumikiError('upstream_error', { reason: 'its reply is not JSON' }, { cause: error });
  }
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const at = read.error.issues[0]?.path.join('.') ?? '';
  const reason = `its reply has another form than the API gives it${at === '' ? '' : `, at '${at}'`}`;
  throw new KumikiError('upstream_error', { reason }, { cause: read.error });
}

function unavailable(reason: string, cause: unknown): KumikiError {
  return new KumikiError('service_unavailable', { reason }, { retryAfterMs, cause });
}

/** The gateway's refusal as a KumikiError with the original message. */
function refusalOf(status: number, replyHeaders: IncomingMessage['headers'], body: Buffer): KumikiError {
  const retryAfterMs = Number(replyHeaders[headers.retryAfterMs] ?? 0) || undefined;
  const { code, message, param } = errorOf(body);
  const known = code !== null && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : null;
  const error = new KumikiError(
    known ?? (status >= 500 ? 'upstream_error' : 'invalid_value'),
    {},
    {
      param,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    },
  );
  if (message !== null) error.message = message;
  return error;
}

function errorOf(body: Buffer): { code: string | null; message: string | null; param: string | null } {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: Record<string, unknown> };
    const text = (name: string): string | null => {
      const value = error?.[name];
      return typeof value === 'string' ? value : null;
    };
    return { code: text('code'), message: text('message'), param: text('param') };
  } catch {
    return { code: null, message: null, param: null };
  }
}
