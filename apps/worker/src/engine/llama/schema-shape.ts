import { KumikiError } from '@kumiki/api';

/** Limits on a schema, so that a hostile one is refused before it reaches the native grammar. */
export const depthLimit = 48;
export const nodeLimit = 2000;
export const grammarSizeLimit = 256 * 1024;
/** Readings of a value that the native grammar follows in parallel: each costs as much as one grammar. */
export const readingsLimit = 128;
/** Parts of one allOf: each is compared with all earlier ones. */
const partsLimit = 128;
/** Greatest maxLength, maxItems and similar limits. llama.cpp refuses more than 2,000. */
export const lengthLimit = 2000;
/** Sum of all maxLength, maxItems and similar limits: the native parser expands each repetition. */
export const repetitionLimit = 8000;

export interface SchemaObject {
  readonly [keyword: string]: unknown;
}

export interface SchemaPlace {
  /** The request's field. */
  readonly param: string;
  /** JSON pointer into the schema. */
  readonly path: string;
  readonly depth: number;
}

/**
 * Keywords that restrict values in ways that are not enforced here. Ignoring them would break the promise of valid
 * output.
 */
const unsupported = [
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'dependencies',
  'patternProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
  'contains',
  'minContains',
  'maxContains',
  'uniqueItems',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
  'additionalItems',
] as const;

export function refuse(place: SchemaPlace, reason: string): never {
  throw new KumikiError('invalid_value', { param: place.param, reason: `the schema at ${place.path}: ${reason}` });
}

export function isObject(value: unknown): value is SchemaObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

export function checkKeywords(schema: SchemaObject, place: SchemaPlace): void {
  for (const keyword of unsupported)
    if (schema[keyword] !== undefined && schema[keyword] !== false)
      refuse(place, `the keyword '${keyword}' is not supported`);
}

/** The types that the schema allows; null when it allows any. A schema without `type` is read by its keywords. */
export function typesOf(schema: SchemaObject, place: SchemaPlace): string[] | null {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) {
    const names: unknown[] = type;
    if (names.length === 0 || !names.every((name) => typeof name === 'string'))
      return refuse(place, 'type is a name or a list of names');
    return names;
  }
  if (type !== undefined) refuse(place, 'type is a name or a list of names');
  const has = (...keywords: readonly string[]): boolean => keywords.some((keyword) => schema[keyword] !== undefined);
  if (has('properties', 'required', 'additionalProperties')) return ['object'];
  if (has('items', 'prefixItems', 'minItems', 'maxItems')) return ['array'];
  if (has('minLength', 'maxLength', 'pattern', 'format')) return ['string'];
  if (has('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return ['number'];
  return null;
}

/** The schema with the parts of its `allOf` merged in: their properties together, other keywords once each. */
export function mergedObjects(
  schema: SchemaObject,
  dereference: (part: unknown) => unknown,
  place: SchemaPlace,
): SchemaObject {
  const { allOf, ...own } = schema;
  if (!Array.isArray(allOf) || allOf.length === 0) return refuse(place, 'allOf is a list of at least one schema');
  if (allOf.length > partsLimit) return refuse(place, `allOf has more than ${partsLimit} parts`);
  const merged: Record<string, unknown> = { ...own };
  for (const part of allOf.map(dereference)) {
    if (!isObject(part)) return refuse(place, 'allOf takes schemas that are objects');
    Object.assign(merged, mergeInto(merged, part, place));
  }
  return merged;
}

const annotations = new Set([
  'title',
  'description',
  'default',
  'examples',
  '$schema',
  '$id',
  '$comment',
  '$defs',
  'definitions',
]);

function mergeInto(merged: SchemaObject, part: SchemaObject, place: SchemaPlace): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(part)) {
    const present = merged[keyword];
    if (annotations.has(keyword)) continue;
    if (present === undefined || JSON.stringify(present) === JSON.stringify(value)) result[keyword] = value;
    else if (keyword === 'required' && Array.isArray(present) && Array.isArray(value))
      result[keyword] = [...new Set<unknown>([...present, ...value])];
    else if (keyword === 'properties' && isObject(present) && isObject(value)) {
      const twice = Object.keys(value).find((name) => Object.hasOwn(present, name));
      if (twice !== undefined) refuse(place, `allOf describes '${twice}' twice`);
      result[keyword] = { ...present, ...value };
    } else refuse(place, `the parts of allOf disagree on '${keyword}'`);
  }
  return result;
}
