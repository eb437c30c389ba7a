import { continuationKey, findPath, KumikiError, resumeKey } from '@kumiki/api';
import { readJson } from '@kumiki/service';
import type { BatchError } from '../rows/batch.ts';
import { batchLimits } from '../rows/limits.ts';

export type CheckedLine =
  | { readonly ok: true; readonly customId: string; readonly model: string | null; readonly body: string }
  | { readonly ok: false; readonly error: BatchError };

/**
 * Members that only gateways, workers and services may use. A line must not contain them, since it reaches the gateway
 * with a service key.
 */
const internalMembers = [continuationKey, resumeKey];

/** Checks whether a line of an input file is a valid request for the batch's endpoint. */
export function checkLine(line: { readonly number: number; readonly bytes: Buffer }, endpoint: string): CheckedLine {
  const wrong = (code: string, message: string, param: string | null): CheckedLine => ({
    ok: false,
    error: { code, message, param, line: line.number },
  });
  const value = parse(line.bytes, endpoint);
  if (value instanceof KumikiError) {
    return wrong('invalid_json_line', `This line is not a JSON object in UTF-8: ${value.message}`, null);
  }
  if (!isObject(value)) return wrong('invalid_json_line', 'This line is not a JSON object in UTF-8.', null);
  const { custom_id: customId, method, url, body } = value;
  if (typeof customId !== 'string' || customId === '') {
    return wrong('missing_required_parameter', "Each line needs a 'custom_id': a text that no other has.", 'custom_id');
  }
  if (customId.length > batchLimits.customIdCharacters || customId.includes('\0') || !customId.isWellFormed()) {
    const limit = `at most ${batchLimits.customIdCharacters} characters of valid Unicode, none of them NUL`;
    return wrong('invalid_custom_id', `'custom_id' has ${limit}.`, 'custom_id');
  }
  if (method !== 'POST') return wrong('invalid_method', "'method' must be POST.", 'method');
  if (url !== endpoint) {
    return wrong('invalid_url', `'url' must be ${endpoint}, the endpoint of this batch.`, 'url');
  }
  if (!isObject(body)) return wrong('invalid_body', "'body' must be the JSON object of the request.", 'body');
  const internal = internalMembers.find((name) => Object.hasOwn(body, name));
  if (internal !== undefined)
    return wrong('unknown_parameter', `Unknown parameter: '${internal}'.`, `body.${internal}`);
  if (body['stream'] === true) {
    return wrong('unsupported_parameter', 'A line cannot be streamed: leave out stream.', 'body.stream');
  }
  if (body['background'] === true) {
    return wrong('unsupported_parameter', 'A line is run in the background anyway.', 'body.background');
  }
  const model = typeof body['model'] === 'string' ? body['model'] : null;
  if (model === null) return wrong('missing_required_parameter', "'body' needs a 'model'.", 'body.model');
  const text = write(body);
  if (text === null) return wrong('invalid_body', "'body' nests too deep.", 'body');
  return { ok: true, customId, model, body: text };
}

/** null when the nesting is too deep to serialise. */
function write(body: Readonly<Record<string, unknown>>): string | null {
  try {
    return JSON.stringify(body);
  } catch {
    return null;
  }
}

/** The parsed value, or why it is invalid. */
function parse(bytes: Buffer, endpoint: string): unknown {
  try {
    return readJson(bytes, findPath('POST', endpoint)?.body.maxValues ?? 0);
  } catch (error) {
    return error instanceof KumikiError ? error : undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
