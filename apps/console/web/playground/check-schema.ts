/** What is wrong with a JSON Schema, and where. */
export interface SchemaProblem {
  /** `properties.name.type`; empty at the top. */
  readonly path: string;
  readonly what: 'object' | 'type' | 'properties' | 'required' | 'enum' | 'list' | 'unknownRequired';
}

const types = new Set<unknown>(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const lists = ['anyOf', 'oneOf', 'allOf'] as const;
const maps = ['properties', '$defs', 'definitions'] as const;
/** Deeper schemas are left to the engine. */
const deepest = 32;

type Schema = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first mistake in a schema that silently changes its meaning; null when there is none. */
export function checkSchema(value: unknown, path: readonly string[] = []): SchemaProblem | null {
  const problem = (what: SchemaProblem['what'], ...more: string[]): SchemaProblem => ({
    path: [...path, ...more].join('.'),
    what,
  });
  if (typeof value === 'boolean' && path.length > 0) return null;
  if (!isObject(value)) return problem('object');
  if (path.length > deepest) return null;
  const named = [value['type']].flat();
  if (named.some((type) => type !== undefined && !types.has(type))) return problem('type', 'type');
  if (value['enum'] !== undefined && !isFilledList(value['enum'])) return problem('enum', 'enum');
  return checkRequired(value, problem) ?? checkParts(value, path, problem);
}

function isFilledList(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}

type MakeProblem = (what: SchemaProblem['what'], ...more: string[]) => SchemaProblem;

function checkRequired(schema: Schema, problem: MakeProblem): SchemaProblem | null {
  const { required, properties } = schema;
  if (required === undefined) return null;
  if (!Array.isArray(required) || required.some((name) => typeof name !== 'string')) {
    return problem('required', 'required');
  }
  const known = isObject(properties) ? properties : {};
  const strange = required.find((name: string) => !Object.hasOwn(known, name)) as string | undefined;
  return strange === undefined ? null : problem('unknownRequired', 'required', strange);
}

function checkParts(schema: Schema, path: readonly string[], problem: MakeProblem): SchemaProblem | null {
  for (const name of maps) {
    const map = schema[name];
    if (map === undefined) continue;
    if (!isObject(map)) return problem('properties', name);
    for (const [key, part] of Object.entries(map)) {
      const found = checkSchema(part, [...path, name, key]);
      if (found !== null) return found;
    }
  }
  for (const name of lists) {
    const list = schema[name];
    if (list === undefined) continue;
    if (!isFilledList(list)) return problem('list', name);
    for (const [index, part] of (list as unknown[]).entries()) {
      const found = checkSchema(part, [...path, name, String(index)]);
      if (found !== null) return found;
    }
  }
  for (const name of ['items', 'additionalProperties'] as const) {
    const found = schema[name] === undefined ? null : checkSchema(schema[name], [...path, name]);
    if (found !== null) return found;
  }
  return null;
}
