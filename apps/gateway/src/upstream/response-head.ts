/** Reads the head of an HTTP/1.1 reply as strictly as RFC 9112 allows. */

/** How the body ends: after this many bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'until_close';

export interface ResponseHead {
  readonly status: number;
  /** Flat: lower-case name, value, name, value. */
  readonly headers: readonly string[];
  readonly framing: Framing;
  readonly keepAlive: boolean;
  /** `keep-alive: timeout=5` in milliseconds; null when the server does not say. */
  readonly keepAliveTimeoutMs: number | null;
}

const statusLine = /^HTTP\/1\.([01]) ([1-9][0-9]{2})(?: [^\r\n]*)?$/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** Control characters, and line ends that are not CRLF. */
const forbidden = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;

interface Fields {
  headers: string[];
  contentLength: string | null;
  transferEncoding: string | null;
  connection: string;
  keepAlive: string | null;
}

/** @returns the reason why a line is not an acceptable header, else null. */
function takeField(line: string, fields: Fields): string | null {
  const colon = line.indexOf(':');
  const rawName = line.slice(0, Math.max(colon, 0));
  if (!token.test(rawName)) return 'a header line is malformed';
  const name = rawName.toLowerCase();
  const value = line.slice(colon + 1).trim();
  fields.headers.push(name, value);
  if (name === 'content-length') {
    if (fields.contentLength !== null) return 'it has two content-length headers';
    fields.contentLength = value;
  } else if (name === 'transfer-encoding') {
    if (fields.transferEncoding !== null) return 'it has two transfer-encoding headers';
    fields.transferEncoding = value;
  } else if (name === 'connection') {
    fields.connection += `,${value.toLowerCase()}`;
  } else if (name === 'keep-alive') {
    fields.keepAlive = value;
  }
  return null;
}

function framingOf(fields: Fields, minorVersion: string): Framing | { readonly reason: string } {
  const { contentLength, transferEncoding } = fields;
  if (transferEncoding !== null) {
    if (contentLength !== null) return { reason: 'it has both content-length and transfer-encoding' };
    if (minorVersion === '0') return { reason: 'it is HTTP/1.0 with a transfer-encoding' };
    return transferEncoding.toLowerCase() === 'chunked'
      ? 'chunked'
      : { reason: 'its transfer-encoding is not just chunked' };
  }
  if (contentLength === null) return 'until_close';
  return /^[0-9]{1,15}$/.test(contentLength) ? Number(contentLength) : { reason: 'its content-length is not a number' };
}

/**
 * @param text the head as latin1, without the empty line that ends it.
 * @param method of the request: the reply to HEAD has no body, whatever it declares.
 */
export function parseResponseHead(
  text: string,
  method: string,
): ResponseHead | { readonly status: null; readonly reason: string } {
  const refuse = (reason: string) => ({ status: null, reason });
  if (forbidden.test(text)) return refuse('its head has a forbidden character or a line end that is not CRLF');
  const lines = text.split('\r\n');
  const [, minorVersion = '', statusText = ''] = statusLine.exec(lines[0] ?? '') ?? [];
  if (statusText === '') return refuse('its status line is malformed');
  const fields: Fields = { headers: [], contentLength: null, transferEncoding: null, connection: '', keepAlive: null };
  for (let at = 1; at < lines.length; at++) {
    const problem = takeField(lines[at] ?? '', fields);
    if (problem !== null) return refuse(problem);
  }
  let framing = framingOf(fields, minorVersion);
  if (typeof framing === 'object') return refuse(framing.reason);
  const status = Number(statusText);
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') framing = 0;
  const options = fields.connection.split(/[,\s]+/);
  const timeout = /(?:^|[,\s])timeout=([0-9]{1,6})/i.exec(fields.keepAlive ?? '')?.[1];
  return {
    status,
    headers: fields.headers,
    framing,
    keepAlive: minorVersion === '1' && framing !== 'until_close' && !options.includes('close'),
    keepAliveTimeoutMs: timeout === undefined ? null : Number(timeout) * 1_000,
  };
}
