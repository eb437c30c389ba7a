/** Checks what a model wrote against the schema that it was given: the keywords that engines compile, not all there are. */

type Schema = Readonly<Record<string, unknown>>;

/** References that refer to each other end here. */
const deepest = 64;

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of the first part that does not match; null when all does. The top is `$`. */
export function findMismatch(schema: unknown, value: unknown): string | null {
  return mismatch(schema, value, { root: schema, path: '$', depth: 0 });
}

interface Place {
  readonly root: unknown;
  readonly path: string;
  readonly depth: number;
}

function mismatch(schema: unknown, value: unknown, place: Place): string | null {
  if (place.depth > deepest || schema === true || !isObject(schema)) return schema === false ? place.path : null;
  const inner = { ...place, depth: place.depth + 1 };
  const { $ref: reference, allOf, anyOf, oneOf } = schema;
  if (typeof reference === 'string') return mismatch(resolve(place.root, reference), value, inner);
  if (!fitsType(schema['type'], value) || !fitsValue(schema, value)) return place.path;
  const fits = (part: unknown): boolean => mismatch(part, value, inner) === null;
  if (Array.isArray(allOf) && !allOf.every(fits)) return place.path;
  if (Array.isArray(anyOf) && !anyOf.some(fits)) return place.path;
  if (Array.isArray(oneOf) && oneOf.filter(fits).length !== 1) return place.path;
  if (Array.isArray(value)) return itemMismatch(schema, value, inner);
  return isObject(value) ? propertyMismatch(schema, value, inner) : null;
}

function resolve(root: unknown, reference: string): unknown {
  if (!reference.startsWith('#')) return true;
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((at, step) => (isObject(at) ? at[step.replaceAll('~1', '/').replaceAll('~0', '~')] : true), root);
}

function fitsType(type: unknown, value: unknown): boolean {
  if (type === undefined) return true;
  return [type].flat().some((one) => {
    if (one === 'null') return value === null;
    if (one === 'array') return Array.isArray(value);
    if (one === 'object') return isObject(value);
    if (one === 'integer') return Number.isInteger(value);
    return typeof value === one;
  });
}

function fitsValue(schema: Schema, value: unknown): boolean {
  const text = JSON.stringify(value);
  if (Array.isArray(schema['enum']) && !schema['enum'].some((one) => JSON.stringify(one) === text)) return false;
  if (schema['const'] !== undefined && JSON.stringify(schema['const']) !== text) return false;
  const size = typeof value === 'number' ? value : typeof value === 'string' ? Array.from(value).length : null;
  if (size === null) return true;
  const [least, most] = typeof value === 'number' ? ['minimum', 'maximum'] : ['minLength', 'maxLength'];
  return within(size, schema[least ?? ''], schema[most ?? '']);
}

function within(size: number, least: unknown, most: unknown): boolean {
  return !(typeof least === 'number' && size < least) && !(typeof most === 'number' && size > most);
}

function itemMismatch(schema: Schema, value: readonly unknown[], place: Place): string | null {
  if (!within(value.length, schema['minItems'], schema['maxItems'])) return place.path;
  for (const [index, item] of value.entries()) {
    const found = mismatch(schema['items'] ?? true, item, { ...place, path: `${place.path}[${index}]` });
    if (found !== null) return found;
  }
  return null;
}

function propertyMismatch(schema: Schema, value: Schema, place: Place): string | null {
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const missing = required.find((name) => typeof name === 'string' && !Object.hasOwn(value, name)) as
    | string
    | undefined;
  if (missing !== undefined) return `${place.path}.${missing}`;
  for (const [name, part] of Object.entries(value)) {
    const wanted = Object.hasOwn(properties, name) ? properties[name] : (schema['additionalProperties'] ?? true);
    const found = mismatch(wanted, part, { ...place, path: `${place.path}.${name}` });
    if (found !== null) return found;
  }
  return null;
}
