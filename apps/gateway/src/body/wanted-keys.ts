import { decodeString, hasBackslash } from './json-string.ts';

/** The top-level members that the gateway reads, and the one that it refuses. A scan stores values by their index in this list. */
export const wantedKeys = [
  'model',
  'stream',
  'max_tokens',
  'max_completion_tokens',
  'n',
  'stream_options',
  'kumiki_continuation',
  'kumiki_resume',
  'tools',
  'response_format',
  'temperature',
  'seed',
  'logprobs',
  'messages',
  'prompt',
  'input',
  '__proto__',
] as const;
export type WantedKey = (typeof wantedKeys)[number];

const longest = Math.max(...wantedKeys.map((key) => key.length));

/** Bytes between the quotes of the longest key that can match: every character as an escape of six bytes. */
const longestEscaped = 6 * longest;

interface Candidate {
  readonly bytes: Buffer;
  readonly index: number;
}

const byLength: readonly (readonly Candidate[])[] = Array.from({ length: longest + 1 }, (_, length) =>
  wantedKeys.flatMap((key, index) => (key.length === length ? [{ bytes: Buffer.from(key), index }] : [])),
);

/**
 * The index of the wanted key at body[start, end), quotes included; -1 when it is not one. Escapes are decoded, because
 * a parser of the body reads `"\u006dodel"` as `model`.
 */
export function wantedKeyAt(body: Buffer, start: number, end: number): number {
  const first = start + 1;
  const length = end - first - 1;
  const candidates = byLength[length];
  if (candidates !== undefined) {
    for (const { bytes, index } of candidates) {
      let at = 0;
      while (at < length && body[first + at] === bytes[at]) at++;
      if (at === length) return index;
    }
  }
  if (length > longestEscaped || !hasBackslash(body, start, end)) return -1;
  return wantedKeys.indexOf(decodeString(body, start, end) as WantedKey);
}
