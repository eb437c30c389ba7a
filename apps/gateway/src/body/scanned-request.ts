import type { ErrorDetails } from '@kumiki/api';
import { openBrace, openBracket, quote } from './json-scan.ts';
import { decodeString } from './json-string.ts';
import { wantedKeys, type WantedKey } from './wanted-keys.ts';

export type ScanResult = { readonly ok: true; readonly value: ScannedRequest } | ScanRefusal;

export interface ScanRefusal {
  readonly ok: false;
  readonly code: 'invalid_json' | 'body_too_deep' | 'invalid_value' | 'unknown_parameter';
  /** For `new KumikiError(code, details)`. */
  readonly details: ErrorDetails;
}

/** Bytes [start, end) of a JSON value in the body. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What the gateway reads of a request body. Absent members and nulls are null (or false). */
export interface ScannedRequest {
  readonly model: string | null;
  /** The value of `model`, quotes included. */
  readonly modelSpan: Span | null;
  readonly stream: boolean;
  readonly maxTokens: number | null;
  readonly maxCompletionTokens: number | null;
  readonly n: number | null;
  readonly temperature: number | null;
  readonly seed: number | null;
  readonly logprobs: boolean;
  /** The value of `stream_options`, even when it is null. */
  readonly streamOptions: Span | null;
  readonly includeUsage: boolean;
  /** Whether the key is present, whatever its value. */
  readonly hasContinuation: boolean;
  readonly hasResume: boolean;
  readonly hasTools: boolean;
  readonly hasResponseFormat: boolean;
  readonly messages: Span | null;
  readonly prompt: Span | null;
  readonly input: Span | null;
  /** Offset of the byte after the first message whose role is `user`; -1 without one. The bytes from `messages.start` to here are
   * the beginning of the conversation, which all its requests share. */
  readonly firstUserMessageEnd: number;
  /** Offset of the brace that closes the body: members can be added there. */
  readonly closeAt: number;
  /** Whether the body has no members. */
  readonly empty: boolean;
}

/** Offsets of the wanted values, by their index in {@link wantedKeys}; -1 for absent ones. */
export interface FoundValues {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  firstUserEnd: number;
  closeAt: number;
  readonly empty: boolean;
}

/** Longest model name that is looked up. */
const maxModelCharacters = 255;

/** Longest number that is read. */
const maxNumberBytes = 64;

/** Number of digits that a double always holds exactly. */
const maxPlainDigits = 15;

const nullText = Buffer.from('null');
const trueText = Buffer.from('true');
const falseText = Buffer.from('false');

/** Most choices of one request. */
const maxChoices = 128;

/** A value that the API does not accept. */
interface WrongValue {
  readonly param: string;
  readonly reason: string;
}

/** The index of each wanted key, as a constant, because a look-up by name costs more than reading the value. */
const place = Object.fromEntries(wantedKeys.map((key, index) => [key, index])) as Record<WantedKey, number>;
const numberPattern = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

interface Reader {
  readonly body: Buffer;
  readonly found: FoundValues;
  /** The first wrong value. */
  wrong: WrongValue | null;
}

function startOf(reader: Reader, key: number): number {
  return reader.found.starts[key] as number;
}

function endOf(reader: Reader, key: number): number {
  return reader.found.ends[key] as number;
}

/** Whether the value at [start, end) is this literal. */
function isLiteral(reader: Reader, start: number, end: number, literal: Uint8Array): boolean {
  if (end - start !== literal.length) return false;
  for (let at = 0; at < literal.length; at++) if (reader.body[start + at] !== literal[at]) return false;
  return true;
}

function isAbsent(reader: Reader, key: number): boolean {
  const start = startOf(reader, key);
  return start === -1 || isLiteral(reader, start, endOf(reader, key), nullText);
}

function nameOf(key: number): WantedKey {
  return wantedKeys[key] as WantedKey;
}

function fail(reader: Reader, param: string, reason: string): null {
  reader.wrong ??= { param, reason };
  return null;
}

function readModel(reader: Reader): string | null {
  const start = startOf(reader, place.model);
  if (isAbsent(reader, place.model)) return null;
  const end = endOf(reader, place.model);
  if (reader.body[start] !== quote) return fail(reader, 'model', 'it must be a string');
  if (end - start > 6 * maxModelCharacters + 2) return fail(reader, 'model', 'it is too long');
  const model = decodeString(reader.body, start, end);
  if (model === null) return fail(reader, 'model', 'it is not a valid JSON string');
  return model.length > maxModelCharacters ? fail(reader, 'model', 'it is too long') : model;
}

function readBoolean(reader: Reader, key: number): boolean {
  if (isAbsent(reader, key)) return false;
  const start = startOf(reader, key);
  const end = endOf(reader, key);
  if (isLiteral(reader, start, end, falseText)) return false;
  if (!isLiteral(reader, start, end, trueText)) fail(reader, nameOf(key), 'it must be true or false');
  return true;
}

/** A number that is written with digits only, else -1. */
function plainInteger(body: Buffer, start: number, end: number): number {
  if (end - start > maxPlainDigits || (body[start] === 48 && end - start > 1)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (body[at] as number) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function readNumber(reader: Reader, key: number): number | null {
  if (isAbsent(reader, key)) return null;
  const start = startOf(reader, key);
  const end = endOf(reader, key);
  const plain = plainInteger(reader.body, start, end);
  if (plain !== -1) return plain;
  const text = end - start > maxNumberBytes ? '' : reader.body.toString('latin1', start, end);
  return numberPattern.test(text) ? Number(text) : fail(reader, nameOf(key), 'it must be a number');
}

function readInteger(reader: Reader, key: number, least: number, most: number): number | null {
  const value = readNumber(reader, key);
  if (value === null || (Number.isInteger(value) && value >= least && value <= most)) return value;
  return fail(reader, nameOf(key), `it must be an integer from ${least} to ${most}`);
}

/** `true` in chats, a number of alternatives in completions. */
function readLogprobs(reader: Reader): boolean {
  const first = reader.body[startOf(reader, place.logprobs)];
  if (first !== 45 && !(first !== undefined && first >= 48 && first <= 57)) return readBoolean(reader, place.logprobs);
  return readNumber(reader, place.logprobs) !== null;
}

function readIncludeUsage(reader: Reader): boolean {
  const start = startOf(reader, place.stream_options);
  if (isAbsent(reader, place.stream_options)) return false;
  if (reader.body[start] !== openBrace) {
    fail(reader, 'stream_options', 'it must be an object');
    return false;
  }
  let options: { include_usage?: unknown };
  try {
    options = JSON.parse(reader.body.toString('utf8', start, endOf(reader, place.stream_options))) as typeof options;
  } catch {
    fail(reader, 'stream_options', 'it is not valid JSON');
    return false;
  }
  const value = options.include_usage;
  if (value === undefined || value === null || value === false) return false;
  if (value !== true) fail(reader, 'stream_options.include_usage', 'it must be true or false');
  return true;
}

function span(reader: Reader, key: number): Span | null {
  const start = startOf(reader, key);
  return start === -1 ? null : { start, end: endOf(reader, key) };
}

function presentSpan(reader: Reader, key: number): Span | null {
  return isPresent(reader, key) ? span(reader, key) : null;
}

function isPresent(reader: Reader, key: number): boolean {
  const start = startOf(reader, key);
  // A value that begins with n is null or invalid.
  return start !== -1 && reader.body[start] !== 110;
}

/** Turns the found values into a request, or returns why the first wrong one is wrong. */
export function interpret(body: Buffer, found: FoundValues): ScanResult {
  const reader: Reader = { body, found, wrong: null };
  const messages = presentSpan(reader, place.messages);
  if (messages !== null && body[messages.start] !== openBracket) fail(reader, 'messages', 'it must be an array');
  const value: ScannedRequest = {
    model: readModel(reader),
    modelSpan: span(reader, place.model),
    stream: readBoolean(reader, place.stream),
    maxTokens: readInteger(reader, place.max_tokens, 0, Number.MAX_SAFE_INTEGER),
    maxCompletionTokens: readInteger(reader, place.max_completion_tokens, 0, Number.MAX_SAFE_INTEGER),
    n: readInteger(reader, place.n, 1, maxChoices),
    temperature: readNumber(reader, place.temperature),
    seed: readInteger(reader, place.seed, -Number.MAX_VALUE, Number.MAX_VALUE),
    logprobs: readLogprobs(reader),
    streamOptions: span(reader, place.stream_options),
    includeUsage: readIncludeUsage(reader),
    hasContinuation: startOf(reader, place.kumiki_continuation) !== -1,
    hasResume: startOf(reader, place.kumiki_resume) !== -1,
    hasTools: isPresent(reader, place.tools),
    hasResponseFormat: isPresent(reader, place.response_format),
    messages,
    prompt: presentSpan(reader, place.prompt),
    input: presentSpan(reader, place.input),
    firstUserMessageEnd: found.firstUserEnd,
    closeAt: found.closeAt,
    empty: found.empty,
  };
  if (reader.wrong === null) return { ok: true, value };
  const { param, reason } = reader.wrong;
  return { ok: false, code: 'invalid_value', details: { param, reason } };
}
