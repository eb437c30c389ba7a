import type { JsonSchema } from '../grammar.ts';
import { jsonLiteral, type RuleTable } from './gbnf.ts';
import { oneOfTexts } from './literal-trie.ts';
import { numberBody } from './number-range.ts';
import { parallelReadings } from './schema-ambiguity.ts';
import { resolveReference } from './schema-reference.ts';
import {
  checkKeywords,
  depthLimit,
  grammarSizeLimit,
  isObject,
  mergedObjects,
  lengthLimit,
  nodeLimit,
  readingsLimit,
  refuse,
  repetitionLimit,
  type SchemaObject,
  type SchemaPlace,
  typesOf,
} from './schema-shape.ts';

interface Compiler {
  readonly table: RuleTable;
  readonly root: JsonSchema;
  /** Rule names of `$ref` targets, by pointer. */
  readonly references: Map<string, string>;
  /** Pointers under compilation since the last character that the grammar consumes. */
  readonly unguarded: Set<string>;
  nodes: number;
  repetitions: number;
}

/** The name of the rule for the schema, or a literal. `param` names the request's field in errors. */
export function compileSchema(table: RuleTable, schema: JsonSchema, param: string): string {
  const compiler: Compiler = {
    table,
    root: schema,
    references: new Map(),
    unguarded: new Set(),
    nodes: 0,
    repetitions: 0,
  };
  const place: SchemaPlace = { param, path: '#', depth: 0 };
  const rule = compile(compiler, schema, place);
  if (rule.length + table.size() > grammarSizeLimit) refuse(place, 'it is too large');
  if (parallelReadings(schema) > readingsLimit)
    refuse(
      place,
      `more than ${readingsLimit} alternatives or optional properties may come next at one place; tell alternatives apart by a first property that is constant`,
    );
  return rule;
}

function compile(compiler: Compiler, schema: unknown, place: SchemaPlace): string {
  compiler.nodes++;
  if (place.depth > depthLimit) refuse(place, `it nests deeper than ${depthLimit} levels`);
  if (compiler.nodes > nodeLimit) refuse(place, `it holds more than ${nodeLimit} parts`);
  if (compiler.table.size() > grammarSizeLimit) refuse(place, 'it is too large');
  if (schema === true) return 'value';
  if (!isObject(schema)) return refuse(place, schema === false ? 'false allows no value' : 'a schema is an object');
  checkKeywords(schema, place);
  const body = compileObject(compiler, schema, place);
  return schema['nullable'] === true ? alternatives(compiler, [body, 'null']) : body;
}

function compileObject(compiler: Compiler, schema: SchemaObject, place: SchemaPlace): string {
  const { $ref: reference, enum: values, anyOf, oneOf, allOf } = schema;
  if (reference !== undefined) return compileReference(compiler, reference, place);
  if ('const' in schema) return jsonLiteral(schema['const']);
  if (values !== undefined) {
    if (!Array.isArray(values) || values.length === 0) return refuse(place, 'enum is a list of at least one value');
    const texts = values.map((value) => JSON.stringify(value));
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    if (characters > grammarSizeLimit) return refuse(place, 'enum holds too much text');
    return oneOfTexts(compiler.table, texts);
  }
  if (allOf !== undefined) {
    const merged = mergedObjects(schema, (part) => dereferenced(compiler, part, place), place);
    return compile(compiler, merged, within(place, 'allOf'));
  }
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) {
    if (!Array.isArray(choices) || choices.length === 0) return refuse(place, 'anyOf is a list of at least one schema');
    if (schema['properties'] !== undefined || schema['items'] !== undefined)
      return refuse(place, 'anyOf stands alone: move properties and items into its parts');
    const parts = choices.map((choice, index) => compile(compiler, choice, within(place, `anyOf/${index}`)));
    return alternatives(compiler, parts);
  }
  const types = typesOf(schema, place);
  if (types === null) return 'value';
  return alternatives(
    compiler,
    types.map((type) => compileType(compiler, type, schema, place)),
  );
}

function compileType(compiler: Compiler, type: string, schema: SchemaObject, place: SchemaPlace): string {
  switch (type) {
    case 'null':
    case 'boolean':
      return type;
    case 'string':
      return compileString(compiler, schema, place);
    case 'integer':
    case 'number': {
      const body = numberBody(schema, type === 'integer');
      if (body === null) return refuse(place, 'no number meets its limits, or they have too many digits');
      return body === type ? type : compiler.table.rule(body);
    }
    case 'array':
      return guarded(compiler, () => compileArray(compiler, schema, place));
    case 'object':
      return guarded(compiler, () => compileProperties(compiler, schema, place));
    default:
      return refuse(place, `'${type}' is not a JSON type`);
  }
}

/** Inside brackets a reference may lead back to itself, because a character has been consumed. */
function guarded(compiler: Compiler, compileInside: () => string): string {
  const outside = [...compiler.unguarded];
  compiler.unguarded.clear();
  const body = compileInside();
  compiler.unguarded.clear();
  for (const pointer of outside) compiler.unguarded.add(pointer);
  return body;
}

function compileReference(compiler: Compiler, reference: unknown, place: SchemaPlace): string {
  if (typeof reference !== 'string') return refuse(place, '$ref is a string');
  if (compiler.unguarded.has(reference)) return refuse(place, `'${reference}' refers to itself without end`);
  const known = compiler.references.get(reference);
  if (known !== undefined) return known;
  const target = resolveReference(compiler.root, reference);
  if (target === undefined) return refuse(place, `'${reference}' is not a part of this schema`);
  const name = compiler.table.reserve();
  compiler.references.set(reference, name);
  compiler.unguarded.add(reference);
  compiler.table.define(name, compile(compiler, target, { ...place, path: reference, depth: place.depth + 1 }));
  compiler.unguarded.delete(reference);
  return name;
}

function dereferenced(compiler: Compiler, schema: unknown, place: SchemaPlace): unknown {
  if (!isObject(schema) || typeof schema['$ref'] !== 'string') return schema;
  return resolveReference(compiler.root, schema['$ref']) ?? refuse(place, `'${schema['$ref']}' is not a part of it`);
}

function compileString(compiler: Compiler, schema: SchemaObject, place: SchemaPlace): string {
  const least = count(schema, 'minLength', place) ?? 0;
  const most = count(schema, 'maxLength', place);
  if (least === 0 && most === null) return 'string';
  return compiler.table.rule(`"\\"" ${repeated(compiler, 'char', least, most, place)} "\\""`);
}

function compileArray(compiler: Compiler, schema: SchemaObject, place: SchemaPlace): string {
  const first = schema['prefixItems'] === undefined ? [] : schema['prefixItems'];
  if (!Array.isArray(first)) return refuse(place, 'prefixItems is a list');
  const prefix = first.map((item, index) => compile(compiler, item, within(place, `prefixItems/${index}`)));
  const rest = schema['items'] ?? true;
  const least = count(schema, 'minItems', place) ?? (prefix.length > 0 ? prefix.length : 0);
  const most = count(schema, 'maxItems', place) ?? (rest === false ? prefix.length : null);
  if (most !== null && most < least) return refuse(place, 'maxItems is less than minItems');
  if (least < prefix.length) return refuse(place, 'minItems is less than the number of prefixItems');
  if (most === 0) return compiler.table.rule('"[]"');
  const head = prefix.join(' "," ws ');
  if (rest === false || most === prefix.length) return compiler.table.rule(`"[" ${head} "]"`);
  const item = compile(compiler, rest, within(place, 'items'));
  const started = prefix.length > 0 ? prefix.length : 1;
  const more = repeated(
    compiler,
    `("," ws ${item})`,
    Math.max(0, least - started),
    most === null ? null : most - started,
    place,
  );
  const body = `${prefix.length > 0 ? head : item} ${more}`;
  return compiler.table.rule(least === 0 ? `"[" (${body})? "]"` : `"[" ${body} "]"`);
}

/**
 * Properties in the order of the schema, optional ones present or absent. If a schema declares properties, undeclared
 * ones are never written, which every value of `additionalProperties` allows.
 */
function compileProperties(compiler: Compiler, schema: SchemaObject, place: SchemaPlace): string {
  const { table } = compiler;
  const properties = isObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const additional = schema['additionalProperties'] ?? true;
  if (required.size > nodeLimit) return refuse(place, `it requires more than ${nodeLimit} properties`);
  const declared = new Set(properties.map(([name]) => name));
  for (const name of required) {
    if (typeof name !== 'string') return refuse(place, 'required is a list of names');
    if (declared.has(name)) continue;
    if (additional === false) return refuse(place, `'${name}' is required and is not declared`);
    properties.push([name, additional]);
  }
  if (properties.length === 0) {
    if (additional === false) return table.rule('"{}"');
    const value = compile(compiler, additional, within(place, 'additionalProperties'));
    return value === 'value'
      ? 'object'
      : table.rule(`"{" (string ":" ws ${value} ("," ws string ":" ws ${value})*)? "}"`);
  }
  let first = '';
  let later = '';
  for (const [name, property] of properties.toReversed()) {
    const value = compile(compiler, property, within(place, `properties/${name}`));
    const pair = `${jsonLiteral(name).slice(0, -1)}:" ws ${value}`;
    const next = later === '' ? '' : table.rule(later);
    const withThis = `${pair} ${next}`.trimEnd();
    if (required.has(name)) {
      first = withThis;
      later = `"," ws ${withThis}`;
    } else {
      first = `${withThis} | ${first === '' ? '""' : table.rule(first)}`;
      later = `"," ws ${withThis} | ${next === '' ? '""' : next}`;
    }
  }
  return table.rule(`"{" ${table.rule(first)} "}"`);
}

function repeated(compiler: Compiler, element: string, least: number, most: number | null, place: SchemaPlace): string {
  if (most !== null && most < least) return refuse(place, 'its greatest length is less than its least');
  if (Math.max(least, most ?? 0) > lengthLimit) return refuse(place, `its length may be ${lengthLimit} at most`);
  compiler.repetitions += most ?? least;
  if (compiler.repetitions > repetitionLimit)
    return refuse(place, `its lengths add up to more than ${repetitionLimit} repetitions`);
  if (least === 0 && most === null) return `${element}*`;
  return `${element}{${least},${most ?? ''}}`;
}

function count(schema: SchemaObject, keyword: string, place: SchemaPlace): number | null {
  const value = schema[keyword];
  if (value === undefined) return null;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    return refuse(place, `${keyword} is a whole number from 0`);
  return value;
}

function alternatives(compiler: Compiler, parts: readonly string[]): string {
  const distinct = [...new Set(parts)];
  const [only] = distinct;
  return distinct.length === 1 && only !== undefined ? only : compiler.table.rule(distinct.join(' | '));
}

function within(place: SchemaPlace, step: string): SchemaPlace {
  return { ...place, path: `${place.path}/${step}`, depth: place.depth + 1 };
}
