import { Readable } from 'node:stream';
import { headers, KumikiError } from '@kumiki/api';
import type { GatewayCall, GatewayClient, GatewayReply } from '@kumiki/service';

export interface StandInFile {
  readonly id: string;
  readonly keyId: string;
  readonly filename: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An in-memory gateway: files with Idempotency-Keys, and a model that answers as the test defines. For tests that
 * choose the moment of each failure; tests/system uses the real gateway and files.
 */
export interface StandInGateway extends GatewayClient {
  readonly files: Map<string, StandInFile>;
  /** Model calls that were started. */
  readonly calls: GatewayCall[];
  addInput(lines: readonly unknown[] | string): string;
  /** Called at each call before and after its effect; may throw to make it fail there. */
  onStep: (step: string) => void | Promise<void>;
  answer: (body: Record<string, unknown>, call: GatewayCall) => Answer | Promise<Answer>;
}

export function createStandInGateway(): StandInGateway {
  const files = new Map<string, StandInFile>();
  const byKey = new Map<string, string>();
  const calls: GatewayCall[] = [];

  const upload = async (call: GatewayCall): Promise<Answer> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of call.stream?.data ?? []) chunks.push(chunk);
    const known = byKey.get(call.idempotencyKey ?? '');
    const file = readMultipart(Buffer.concat(chunks).toString(), call);
    const id = known ?? `file-${files.size + 1}`;
    if (known === undefined) files.set(id, { ...file, id, keyId: call.keyId });
    if (call.idempotencyKey !== undefined) byKey.set(call.idempotencyKey, id);
    await gateway.onStep('uploaded');
    return { status: 200, body: { id, object: 'file' } };
  };

  const route = async (call: GatewayCall): Promise<Answer | string> => {
    const [, id, content] = /^\/v1\/files\/([^/]+)(\/content)?$/.exec(call.path) ?? [];
    if (call.method === 'POST' && call.path === '/v1/files') return upload(call);
    if (id === undefined) {
      calls.push(call);
      return gateway.answer(JSON.parse(Buffer.from(call.bytes?.data ?? []).toString()), call);
    }
    const file = files.get(id);
    if (file === undefined) throw new KumikiError('not_found', { what: 'file', id });
    if (content !== undefined) return file.text;
    return { status: 200, body: { id, object: 'file', purpose: file.fields['purpose'] } };
  };

  const exchange = async (call: GatewayCall): Promise<GatewayReply> => {
    call.signal?.throwIfAborted();
    await gateway.onStep(call.path);
    const answered = await Promise.race([route(call), aborted(call.signal)]);
    const answer = typeof answered === 'string' ? { status: 200, body: null } : answered;
    const text = typeof answered === 'string' ? answered : JSON.stringify(answer.body);
    const replyHeaders = { [headers.requestId]: `req_${calls.length}`, ...answer.headers };
    return {
      status: answer.status,
      headers: replyHeaders,
      body: Readable.from(pieces(Buffer.from(text))) as GatewayReply['body'],
    };
  };

  const gateway: StandInGateway = {
    files,
    calls,
    addInput(lines) {
      const id = `file-${files.size + 1}`;
      const text = typeof lines === 'string' ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      files.set(id, { id, keyId: 'key_1', filename: 'input.jsonl', fields: { purpose: 'batch' }, text });
      return id;
    },
    onStep: () => {},
    answer: (body) => ({ status: 200, body: chatAnswer(body) }),
    exchange,
    send: exchange,
    async json<Value>(call: GatewayCall) {
      const { body } = await exchange(call);
      const chunks: Uint8Array[] = [];
      for await (const chunk of body as AsyncIterable<Uint8Array>) chunks.push(chunk);
      return JSON.parse(Buffer.concat(chunks).toString()) as Value;
    },
    close() {},
  };
  return gateway;
}

/** A line of an input file. */
export function chatLine(customId: string, content = customId): Record<string, unknown> {
  const body = { model: 'm', messages: [{ role: 'user', content }] };
  return { custom_id: customId, method: 'POST', url: '/v1/chat/completions', body };
}

function chatAnswer(body: Record<string, unknown>): unknown {
  const usage = {
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    prompt_tokens_details: { cached_tokens: 1 },
  };
  return { object: 'chat.completion', echo: body['messages'], usage };
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function* pieces(data: Buffer): Generator<Buffer, void, void> {
  const pieceBytes = 1_000;
  for (let at = 0; at < data.length; at += pieceBytes) yield data.subarray(at, at + pieceBytes);
}

function readMultipart(text: string, call: GatewayCall): Omit<StandInFile, 'id' | 'keyId'> {
  const boundary = /boundary=(.+)$/.exec(call.stream?.contentType ?? '')?.[1] ?? '';
  const parts = text.split(`--${boundary}`);
  if (parts.at(-1) !== '--\r\n') throw new KumikiError('invalid_value', { param: 'file', reason: 'it is cut off' });
  const fields: Record<string, string> = {};
  let filename = '';
  let content = '';
  for (const part of parts.slice(1, -1)) {
    const split = part.indexOf('\r\n\r\n');
    const head = part.slice(0, split);
    const value = part.slice(split + 4, -2);
    const name = / name="([^"]+)"/.exec(head)?.[1] ?? '';
    const file = /filename="([^"]+)"/.exec(head)?.[1];
    if (file === undefined) fields[name] = value;
    else [filename, content] = [file, value];
  }
  return { filename, fields, text: content };
}
