/**
 * Requests that nobody sends on purpose: valid ones with something wrong in them, by chance. The same random numbers give
 * the same requests.
 */
import type { Json } from './grow-body.ts';

export interface MutableRoute {
  readonly method: string;
  /** With `:name` segments. */
  readonly pattern: string;
  readonly sample: Json | null;
}

export interface MutationSource {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly routes: readonly MutableRoute[];
  /** Ids that stand in the place of `:name`: own ones, another project's, and none that exist. */
  readonly ids: readonly string[];
}

export interface MutatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer | null;
}

const methods = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD', 'OPTIONS'];

/** Texts that some reader takes for something else. */
const hostileTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\udc00x',
  '\ufeff',
  '\u202e',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  '-1',
  '1e999',
  '../../../../etc/passwd',
  '%00',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '🧨'.repeat(40),
  'x'.repeat(5_000),
  'name\r\nx-kumiki-project: other',
  'kumiki_resume',
  'kumiki_continuation',
] as const;

const hostileValues: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e308,
  9_007_199_254_740_991,
  -9.3e18,
  [],
  {},
  [[]],
  [null],
  [{}],
  { a: { b: { c: {} } } },
  Array.from({ length: 300 }, () => 0),
  ...hostileTexts,
];

const hostileQueries = [
  'limit=0',
  'limit=-1',
  'limit=1e9',
  'limit=abc',
  'limit=1&limit=2',
  'after=%00',
  'after=x',
  'before=\ud800',
  'order=up',
  'order[]=asc',
  'include[]=x',
  'include=message.output_text.logprobs',
  'stream=true',
  'starting_after=-5',
  '__proto__[x]=1',
  'q=%ff',
  `after=${'a'.repeat(3_000)}`,
];

const hostileHeaders: readonly (readonly [string, string])[] = [
  ['x-kumiki-key', 'key_other'],
  ['x-kumiki-project', 'quiet'],
  ['x-kumiki-act-for', 'key_other'],
  ['x-kumiki-priority', 'low'],
  ['x-kumiki-token-ids', '1'],
  ['x-kumiki-project-limits', '{"files":999}'],
  ['x-kumiki-session', 'sess_1'],
  ['content-type', 'text/plain'],
  ['content-type', 'application/json; charset=utf-16'],
  ['content-type', 'multipart/form-data'],
  ['content-type', 'multipart/form-data; boundary='],
  ['content-encoding', 'gzip'],
  ['expect', '100-continue'],
  ['idempotency-key', '\u00ff'],
  ['traceparent', '00-zz-zz-zz'],
  ['cookie', 'kumiki_session=x; kumiki_session=y'],
  ['range', 'bytes=0-0'],
  ['if-none-match', '*'],
  ['accept', 'text/event-stream'],
  ['origin', 'https://evil.example'],
  ['host', 'evil.example'],
  ['x-request-id', 'a'.repeat(2_000)],
];

export function mutateRequest(source: MutationSource): MutatedRequest {
  const { random, routes, ids } = source;
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const sometimes = (share: number): boolean => random() < share;
  const route = one(routes);
  const hostile = sometimes(0.2) ? one(hostileTexts) : null;
  const filled = route.pattern.replace(/:\w+/g, () => encodeId(hostile ?? one(ids)));
  let path = sometimes(0.15) ? `${filled}?${one(hostileQueries)}` : filled;
  if (sometimes(0.02)) path += one(['/', '//', '/..', '/%2e%2e', '/%00', ';a=b', '%', '%zz', '#x']);
  const method = sometimes(0.04) ? one(methods) : route.method;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  for (let count = sometimes(0.25) ? 1 + Math.floor(random() * 3) : 0; count > 0; count--) {
    const [name, value] = one(hostileHeaders);
    headers[name] = value;
  }
  const body = route.sample === null && !sometimes(0.1) ? null : mutateBody(route.sample ?? {}, random);
  return { method, path: toAscii(path), headers, body };
}

/** A path segment; half of a surrogate pair cannot be encoded and goes as its bytes would. */
function encodeId(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ed%a0%80';
  }
}

/** Node sends no other characters in a path. */
function toAscii(path: string): string {
  return path.replace(/[^\x21-\x7e]/gu, (character) => encodeId(character));
}

function mutateBody(sample: Json, random: () => number): Buffer {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  let value = sample;
  for (let count = Math.floor(random() * 4); count > 0; count--) value = mutateValue(value, random);
  let text = JSON.stringify(value);
  if (random() < 0.1) {
    const name = one(['__proto__', 'constructor', 'model', 'kumiki_resume', '\\u006dodel', 'kumiki_continuation', 'n']);
    text = text.replace(/^\{/, `{"${name}":${JSON.stringify(one(hostileValues))},`).replace(/,\}$/, '}');
  }
  let bytes: Buffer = Buffer.from(text);
  if (random() < 0.12) bytes = damage(bytes, random);
  return bytes;
}

/** The body with one of its values, at any depth, replaced, removed, repeated or added. */
function mutateValue(value: Json, random: () => number): Json {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  if (typeof value !== 'object' || value === null || random() < 0.1) return one(hostileValues);
  if (Array.isArray(value)) {
    const at = Math.floor(random() * value.length);
    const act = random();
    if (act < 0.2) return [...value, ...value];
    if (act < 0.3) return value.toSpliced(at, 1);
    return value.map((item, index) => (index === at ? mutateValue(item, random) : item));
  }
  const names = Object.keys(value);
  const name = one(names);
  const act = random();
  if (name === undefined || act < 0.15) return { ...value, [one(hostileTexts)]: one(hostileValues) };
  if (act < 0.3) return Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  return { ...value, [name]: mutateValue(value[name] ?? null, random) };
}

function damage(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const at = Math.floor(random() * copy.length);
  const act = random();
  if (act < 0.3) return copy.subarray(0, at);
  if (act < 0.6) {
    for (let count = 0; count < 4; count++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy;
  }
  return Buffer.concat([copy.subarray(0, at), Buffer.from([0, 255, 34, 92]), copy.subarray(at)]);
}
