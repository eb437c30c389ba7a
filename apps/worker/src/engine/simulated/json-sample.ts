import { KumikiError } from '@kumiki/api';
import type { JsonSchema } from '../grammar.ts';
import { at, fraction } from './hash.ts';

/** Levels of a schema, references followed, that are filled in; optional parts below them are omitted. */
const depthLimit = 24;

/** Values of one sample. */
const valueLimit = 10_000;

/** Characters of one text. */
const textLimit = 2_000;

/** Draws from a repeatable sequence. */
interface Draw {
  readonly key: number;
  position: number;
  /** How many more values may be made. */
  left: number;
}

/**
 * JSON that a schema allows, the same for the same key. Its texts say that they are simulated. Throws KumikiError
 * `invalid_value` for an invalid schema, and for one that needs too many values.
 */
export function sampleJson(schema: JsonSchema, key: number): string {
  return JSON.stringify(sample(schema, schema, { key, position: 0, left: valueLimit }, 0)) ?? 'null';
}

function sample(root: JsonSchema, schema: JsonSchema, draw: Draw, depth: number): unknown {
  if (depth > depthLimit) throw refusal(`it nests deeper than ${depthLimit} levels`);
  if (--draw.left < 0) throw refusal(`it demands more than ${valueLimit} values`);
  if (typeof schema === 'boolean') return sampleText(draw);
  if (typeof schema !== 'object' || schema === null) throw refusal('a part of it is no schema');
  const below = (part: unknown): unknown => sample(root, part as JsonSchema, draw, depth + 1);
  if (typeof schema['$ref'] === 'string') return below(resolve(root, schema['$ref']));
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return pick(schema['enum'], draw);
  for (const word of ['anyOf', 'oneOf']) {
    const options = schema[word];
    // A recursive schema ends with its simplest option, such as null.
    if (Array.isArray(options))
      return below(depth > 4 ? (options.find(isNullSchema) ?? options[0]) : pick(options, draw));
  }
  if (Array.isArray(schema['allOf'])) return below(Object.assign({}, ...(schema['allOf'] as object[])));
  const type = Array.isArray(schema['type']) ? pick(schema['type'], draw) : schema['type'];
  switch (type ?? (schema['properties'] === undefined ? 'string' : 'object')) {
    case 'object':
      return sampleObject(schema, below, depth);
    case 'array':
      return sampleArray(schema, below, draw, depth);
    case 'integer':
    case 'number':
      return sampleNumber(schema, type === 'integer', draw);
    case 'boolean':
      return next(draw) < 0.5;
    case 'null':
      return null;
    default:
      return sampleString(schema, draw);
  }
}

function refusal(reason: string): KumikiError {
  return new KumikiError('invalid_value', { param: 'schema', reason });
}

function isNullSchema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'null';
}

function resolve(root: JsonSchema, pointer: string): unknown {
  let place: unknown = root;
  for (const part of pointer.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    place = (place as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  if (place === undefined) {
    throw refusal(`its reference ${pointer} leads nowhere`);
  }
  return place;
}

type Schema = Exclude<JsonSchema, boolean>;

function sampleObject(schema: Schema, below: (part: unknown) => unknown, depth: number): Record<string, unknown> {
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
  const object: Record<string, unknown> = {};
  for (const [name, part] of Object.entries((schema['properties'] as Schema | undefined) ?? {})) {
    if (required.has(name) || depth < 4) object[name] = below(part);
  }
  return object;
}

function sampleArray(schema: Schema, below: (part: unknown) => unknown, draw: Draw, depth: number): unknown[] {
  const first = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  const least = Math.max(numberOr(schema['minItems'], 0), first.length);
  const wanted = depth > 4 ? least : Math.max(least, 1 + (at(draw.key, draw.position++) % 3));
  const count = Math.min(wanted, numberOr(schema['maxItems'], 64), 64);
  return Array.from({ length: count }, (_, index) => below(first[index] ?? schema['items'] ?? true));
}

function sampleNumber(schema: Schema, whole: boolean, draw: Draw): number {
  const step = whole ? 1 : 0.5;
  const least = numberOr(schema['minimum'], numberOr(schema['exclusiveMinimum'], Number.NaN) + step);
  const most = numberOr(schema['maximum'], numberOr(schema['exclusiveMaximum'], Number.NaN) - step);
  const from = Number.isNaN(least) ? (Number.isNaN(most) ? 0 : most - 99) : least;
  const to = Number.isNaN(most) ? from + 99 : most;
  const value = from + next(draw) * (to - from);
  return whole ? Math.min(Math.floor(to), Math.ceil(value)) : Math.round(value * 100) / 100;
}

function sampleString(schema: Schema, draw: Draw): string {
  const formats: Record<string, string> = {
    date: '2026-01-02',
    time: '03:04:05Z',
    'date-time': '2026-01-02T03:04:05Z',
    email: 'simulated@example.com',
    uuid: '00000000-0000-4000-8000-000000000000',
    uri: 'https://example.com/simulated',
  };
  const { format } = schema;
  if (typeof format === 'string' && Object.hasOwn(formats, format)) return formats[format] ?? '';
  const text = sampleText(draw).padEnd(Math.min(numberOr(schema['minLength'], 0), textLimit), '.');
  return text.slice(0, numberOr(schema['maxLength'], text.length));
}

function sampleText(draw: Draw): string {
  const words = ['simulated text', 'simulated: 組木', 'simulated "quote" \\ 🎉', 'simulated}', 'simulated words\n'];
  return String(pick(words, draw));
}

function pick(options: readonly unknown[], draw: Draw): unknown {
  return options[at(draw.key, draw.position++) % Math.max(1, options.length)];
}

function next(draw: Draw): number {
  return fraction(draw.key, draw.position++);
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
