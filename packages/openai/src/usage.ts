import { endOfObject, endsOutermostObject, indexOfText, lastIndexOfText, skipSpace } from './json-bytes.ts';
import { dataOf } from './sse-frame.ts';

/** Token counts of one answer, as the API shows them. */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: TokenDetails | null;
  readonly completion_tokens_details?: TokenDetails | null;
}

/** `cached_tokens`, `reasoning_tokens` and the like. */
export type TokenDetails = Readonly<Record<string, number | null>>;

function addDetails(a: TokenDetails | null | undefined, b: TokenDetails | null | undefined): TokenDetails | null {
  if (!a || !b) return a ?? b ?? null;
  const sum: Record<string, number | null> = { ...a };
  for (const [name, count] of Object.entries(b)) {
    if (count !== null) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** The sum of two usages; details are summed field by field, and present when either has them. */
export function addUsage(a: Usage, b: Usage): Usage {
  const prompt = addDetails(a.prompt_tokens_details, b.prompt_tokens_details);
  const completion = addDetails(a.completion_tokens_details, b.completion_tokens_details);
  return {
    prompt_tokens: a.prompt_tokens + b.prompt_tokens,
    completion_tokens: a.completion_tokens + b.completion_tokens,
    total_tokens: a.total_tokens + b.total_tokens,
    ...(prompt === null ? {} : { prompt_tokens_details: prompt }),
    ...(completion === null ? {} : { completion_tokens_details: completion }),
  };
}

const decoder = new TextDecoder();
const usageKey = new TextEncoder().encode('"usage"');
const choicesKey = new TextEncoder().encode('"choices"');
const nullText = new TextEncoder().encode('null');

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** A usage object as servers write it: embeddings have no completion tokens, some leave out the total. */
function toUsage(value: unknown): Usage | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const usage = value as Partial<Usage>;
  if (!isCount(usage.prompt_tokens)) return null;
  const completion = isCount(usage.completion_tokens) ? usage.completion_tokens : 0;
  const total = isCount(usage.total_tokens) ? usage.total_tokens : usage.prompt_tokens + completion;
  return { ...usage, prompt_tokens: usage.prompt_tokens, completion_tokens: completion, total_tokens: total };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The parsed JSON of a reply or of a frame's data; undefined when it is not JSON. */
function parseWhole(bytes: Uint8Array): unknown {
  const first = bytes[skipSpace(bytes, 0)];
  return parseJson(first === 123 ? decoder.decode(bytes) : (dataOf(bytes) ?? ''));
}

/** Where the value of the last `"usage"` begins, -1 without one. */
function usageValueAt(bytes: Uint8Array): number {
  const key = lastIndexOfText(bytes, usageKey);
  if (key === -1) return -1;
  const colon = skipSpace(bytes, key + usageKey.length);
  return bytes[colon] === 58 ? skipSpace(bytes, colon + 1) : -1;
}

/**
 * The usage in a data frame of a stream or in a whole JSON reply, null when it has none. Searches from the end, where
 * servers put it, and parses everything only when the match may not belong to the outermost object.
 */
export function usageOf(bytes: Uint8Array): Usage | null {
  const valueAt = usageValueAt(bytes);
  if (valueAt === -1) return null;
  if (bytes[valueAt] === 123) {
    const end = endOfObject(bytes, valueAt);
    if (end !== -1 && endsOutermostObject(bytes, end)) {
      const usage = toUsage(parseJson(decoder.decode(bytes.subarray(valueAt, end))));
      if (usage !== null) return usage;
    }
  } else if (isNull(bytes, valueAt) && endsOutermostObject(bytes, valueAt + nullText.length)) {
    return null;
  }
  return toUsage((parseWhole(bytes) as { usage?: unknown } | null | undefined)?.usage);
}

function isNull(bytes: Uint8Array, at: number): boolean {
  return nullText.every((byte, offset) => bytes[at + offset] === byte);
}

/** Whether a frame is the extra chunk that `include_usage` adds: no choices, and a usage object. */
export function isUsageOnlyChunk(frame: Uint8Array): boolean {
  const key = indexOfText(frame, choicesKey);
  if (key === -1) return false;
  const colon = skipSpace(frame, key + choicesKey.length);
  const open = skipSpace(frame, colon + 1);
  if (frame[open] !== 91 || frame[skipSpace(frame, open + 1)] !== 93) return false;
  const chunk = parseWhole(frame) as { choices?: unknown; usage?: unknown } | null | undefined;
  return Array.isArray(chunk?.choices) && chunk.choices.length === 0 && toUsage(chunk.usage) !== null;
}

/**
 * A frame without the `"usage":null` that `include_usage` puts in every other chunk; the same object when it has none.
 */
export function withoutNullUsage(frame: Uint8Array): Uint8Array {
  const valueAt = usageValueAt(frame);
  if (valueAt === -1 || !isNull(frame, valueAt)) return frame;
  let end = valueAt + nullText.length;
  if (!endsOutermostObject(frame, end)) return frame;
  let start = lastIndexOfText(frame, usageKey);
  let before = start - 1;
  while (before >= 0 && skipSpace(frame, before) !== before) before--;
  if (frame[before] === 44) {
    start = before;
  } else {
    end = skipSpace(frame, end);
    if (frame[end] !== 44) return frame;
    end++;
  }
  const shorter = new Uint8Array(frame.length - (end - start));
  shorter.set(frame.subarray(0, start));
  shorter.set(frame.subarray(end), start);
  return shorter;
}
