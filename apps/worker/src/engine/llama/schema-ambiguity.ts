import type { JsonSchema } from '../grammar.ts';
import { resolveReference } from './schema-reference.ts';
import { isObject, type SchemaObject } from './schema-shape.ts';

/** Visits of parts, repeated visits through references included, after which a schema counts as too entangled. */
const visitLimit = 20_000;

/**
 * Nesting of parts, references followed, beyond which a schema counts as too entangled: each level takes space on the
 * stack.
 */
const depthLimit = 1_000;

interface Walk {
  readonly root: JsonSchema;
  /** References and choices on the current path. */
  readonly path: Map<unknown, { readonly depth: number; readonly openChoices: number }>;
  readonly known: Map<unknown, number>;
  /** Choices on the current path with two or more alternatives that may begin alike. */
  openChoices: number;
  /** The smallest depth on the path to which the current visit has returned. */
  lowest: number;
  visits: number;
  /** The walk's current depth in the schema. */
  depth: number;
}

/**
 * How many readings of a value the native grammar may have to follow in parallel. It cannot look ahead: alternatives
 * that begin alike are all followed until they differ, and a choice that contains itself doubles them with each level
 * of nesting, which no time limit inside the native code would stop. Infinity for those. Objects are distinguished as
 * soon as a required property's name or constant differs.
 */
export function parallelReadings(schema: JsonSchema): number {
  const walk: Walk = {
    root: schema,
    path: new Map(),
    known: new Map(),
    openChoices: 0,
    lowest: Infinity,
    visits: 0,
    depth: 0,
  };
  return readings(walk, schema);
}

function readings(walk: Walk, schema: unknown): number {
  if (!isObject(schema)) return 1;
  if (++walk.visits > visitLimit || walk.depth >= depthLimit) return Infinity;
  walk.depth++;
  const count = readingsWithin(walk, schema);
  walk.depth--;
  return count;
}

function readingsWithin(walk: Walk, schema: SchemaObject): number {
  const { $ref: reference } = schema;
  if (typeof reference === 'string')
    return visit(walk, reference, () => readings(walk, resolveReference(walk.root, reference)));
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) return visit(walk, choices, () => readingsOfChoice(walk, choices));
  const parts: unknown[] = [schema['items'], schema['additionalProperties']];
  for (const list of [schema['prefixItems'], schema['allOf']]) if (Array.isArray(list)) parts.push(...list);
  if (isObject(schema['properties'])) parts.push(...Object.values(schema['properties']));
  return Math.max(longestOptionalRun(schema), ...parts.map((part) => readings(walk, part)));
}

/** Every cycle of a schema goes through a reference or a choice, so cycles are detected there. */
function visit(walk: Walk, key: unknown, inside: () => number): number {
  const before = walk.path.get(key);
  if (before !== undefined) {
    walk.lowest = Math.min(walk.lowest, before.depth);
    return walk.openChoices > before.openChoices ? Infinity : 1;
  }
  const known = walk.known.get(key);
  if (known !== undefined) return known;
  const depth = walk.path.size;
  const lowestOutside = walk.lowest;
  walk.lowest = Infinity;
  walk.path.set(key, { depth, openChoices: walk.openChoices });
  const count = inside();
  walk.path.delete(key);
  // A part that leads back to an outer place may have another count when it is reached by another path.
  if (walk.lowest >= depth) walk.known.set(key, count);
  walk.lowest = Math.min(walk.lowest, lowestOutside);
  return count;
}

function readingsOfChoice(walk: Walk, choices: readonly unknown[]): number {
  const groups = new Map<string, unknown[]>();
  for (const choice of choices.map((choice) => target(walk, choice)))
    for (const start of startsOf(choice)) groups.set(start, [...(groups.get(start) ?? []), choice]);
  let most = 1;
  for (const [start, group] of groups) {
    const told = start === '{' && group.every(hasOnlyRequired);
    most = Math.max(most, told ? readingsOfObjects(walk, group, 0) : sideBySide(walk, group));
  }
  return most;
}

/** The sum over alternatives that are followed in parallel. */
function sideBySide(walk: Walk, group: readonly unknown[]): number {
  if (group.length > 1) walk.openChoices++;
  let sum = 0;
  for (const choice of group) sum += readings(walk, choice);
  if (group.length > 1) walk.openChoices--;
  return sum;
}

/** Readings of objects whose properties up to `index` do not distinguish them. */
function readingsOfObjects(walk: Walk, group: readonly unknown[], index: number): number {
  const byName = Map.groupBy(group, (choice) => propertiesOf(choice)[index]?.[0]);
  let most = group.length;
  for (const [name, alike] of byName) {
    if (name === undefined) continue;
    const values = alike.map((choice) => propertiesOf(choice)[index]?.[1]);
    most = Math.max(most, sideBySide(walk, values));
    for (const undecided of Map.groupBy(alike, (choice) => constantOf(propertiesOf(choice)[index]?.[1])).values())
      if (undecided.length > 0) most = Math.max(most, readingsOfObjects(walk, undecided, index + 1));
  }
  return most;
}

function constantOf(value: unknown): string {
  if (!isObject(value)) return '';
  if ('const' in value) return JSON.stringify(value['const']);
  const { enum: values } = value;
  return Array.isArray(values) && values.length === 1 ? JSON.stringify(values[0]) : '';
}

/** Follows references to their targets. */
function target(walk: Walk, schema: unknown): unknown {
  const seen = new Set<string>();
  let at = schema;
  while (isObject(at) && typeof at['$ref'] === 'string' && !seen.has(at['$ref'])) {
    seen.add(at['$ref']);
    at = resolveReference(walk.root, at['$ref']);
  }
  return at;
}

/** First characters of the values that a schema allows, numbers as `0`; all characters when that is unclear. */
function startsOf(schema: unknown): string[] {
  const any = ['{', '[', '"', '0', 't', 'n'];
  if (!isObject(schema)) return any;
  if ('const' in schema) return [startOf(schema['const'])];
  const { enum: values, type } = schema;
  if (Array.isArray(values)) return [...new Set(values.map(startOf))];
  const types: unknown[] = Array.isArray(type) ? type : [type];
  const starts = types.map((name) => (typeof name === 'string' ? startOfType[name] : undefined));
  return starts.every((start) => start !== undefined) ? [...new Set(starts)] : any;
}

const startOfType: Readonly<Record<string, string>> = {
  object: '{',
  array: '[',
  string: '"',
  number: '0',
  integer: '0',
  boolean: 't',
  null: 'n',
};

function startOf(value: unknown): string {
  if (value === null) return 'n';
  if (Array.isArray(value)) return '[';
  return startOfType[typeof value] ?? '"';
}

function propertiesOf(schema: unknown): readonly (readonly [string, unknown])[] {
  return isObject(schema) && isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
}

function hasOnlyRequired(schema: unknown): boolean {
  return isObject(schema) && propertiesOf(schema).length > 0 && longestOptionalRun(schema) === 1;
}

/**
 * The most consecutive optional properties, plus one for what follows them: after a comma each of these may come next.
 */
function longestOptionalRun(schema: SchemaObject): number {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  let run = 1;
  let longest = 1;
  for (const [name] of propertiesOf(schema)) {
    run = required.has(name) ? 1 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
