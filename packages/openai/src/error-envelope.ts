import { errorEnvelope, type KumikiError } from '@kumiki/api';

/** The content of an upstream's error body, whatever its shape. */
export interface UpstreamErrorBody {
  /** One line without markup, never empty. */
  readonly message: string;
  readonly type: string | null;
  /** Null for a number: vLLM, llama-server and others repeat the HTTP status there. */
  readonly code: string | null;
  readonly param: string | null;
}

/** Bytes of an error body that are read. */
const maxErrorBytes = 65_536;
/** Characters of a message that are passed on. */
const maxMessageCharacters = 2_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

function asCode(value: unknown): string | null {
  const text = asText(value);
  return text === null || /^\d+$/.test(text) ? null : text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A message as one line, its markup and control characters gone, cut to a length that fits a log. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length <= maxMessageCharacters ? line : `${line.slice(0, maxMessageCharacters - 1)}…`;
}

/** Characters of an HTML page that are read. */
const maxPageCharacters = 8_192;

/** The title of an HTML page, or its text when it has none. */
function htmlText(html: string): string {
  const page = html.slice(0, maxPageCharacters);
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1];
  if (title !== undefined && title.trim() !== '') return title;
  return page.replace(/<(script|style)\b[^>]*>[^]*?<\/\1>/gi, ' ').replace(/<[^<>]*>/g, ' ');
}

/** FastAPI's `detail`: a text, or a list of `{loc, msg, type}`. */
function fromDetail(detail: unknown): UpstreamErrorBody | null {
  const text = asText(detail);
  if (text !== null) return { message: oneLine(text), type: null, code: null, param: null };
  if (!Array.isArray(detail)) return fromError(asRecord(detail));
  const problems = detail.map(asRecord).filter((problem) => problem !== null);
  const where = (problem: Record<string, unknown>): string =>
    Array.isArray(problem['loc']) ? problem['loc'].filter((part) => part !== 'body').join('.') : '';
  const messages = problems.map((problem) => `${where(problem)}: ${asText(problem['msg']) ?? 'not valid'}`);
  const first = problems[0];
  if (first === undefined) return null;
  return {
    message: oneLine(messages.join('; ')),
    type: null,
    code: asText(first['type']),
    param: where(first) || null,
  };
}

/** The object that holds `message`, `type`, `code` and `param`, wherever it was found. */
function fromError(error: Record<string, unknown> | null): UpstreamErrorBody | null {
  if (error === null) return null;
  const message = asText(error['message']) ?? asText(error['msg']) ?? asText(error['error']);
  if (message === null) return null;
  return {
    message: oneLine(message),
    type: asText(error['type']) ?? asText(error['error_type']),
    code: asCode(error['code']),
    param: asText(error['param']),
  };
}

function fromJson(body: unknown): UpstreamErrorBody | null {
  // Some servers wrap the envelope in a list of one.
  const outer = asRecord(Array.isArray(body) ? (body as unknown[])[0] : body);
  if (outer === null) return null;
  const error = outer['error'];
  return fromError(asRecord(error)) ?? fromDetail(outer['detail']) ?? fromError(outer);
}

/** Reads OpenAI's envelope, vLLM's `{object:'error'}`, FastAPI's `{detail}`, llama.cpp's, plain text and HTML. Never throws. */
export function parseUpstreamError(status: number, body: Uint8Array): UpstreamErrorBody {
  const text = decoder.decode(body.subarray(0, maxErrorBytes)).trim();
  const parsed = fromJson(parseJson(text));
  if (parsed !== null) return parsed;
  const looksLikeJson = text.startsWith('{') || text.startsWith('[');
  const words = oneLine(/^<(!doctype|html|\?xml)/i.test(text) ? htmlText(text) : text);
  const message = words === '' || looksLikeJson ? `HTTP status ${status} without a message` : words;
  return { message, type: null, code: null, param: null };
}

/** `data: {"error":{…}}\n\n`: how a stream reports that it failed after its start. No `[DONE]` follows it. */
export function errorFrame(error: KumikiError): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(errorEnvelope(error))}\n\n`);
}
