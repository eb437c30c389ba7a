import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { conditionSchema } from '../kinds/conditions.ts';
import { modelServiceSchema } from '../kinds/model-service.ts';
import { allPaths } from './all-paths.ts';
import type { PathRow } from './path-row.ts';

const own = allPaths.filter(({ pattern }) => pattern.startsWith('/v1/kumiki/'));

const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
/**
 * A tag (one value of an enumeration): snake_case like member names, with dots between parts as in
 * `kumiki.data_service`.
 */
const tag = /^[a-z][a-z0-9]*([._][a-z0-9]+)*$/;

/** Schemas that follow the casing of Kubernetes, as `kubectl` users write it. */
const fromKubernetes: ReadonlySet<z.core.$ZodType> = new Set([modelServiceSchema, conditionSchema]);

/** Schemas without members or fixed words. */
const leaves: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'null', 'unknown', 'custom']);

/** Every member name and every tag of a schema in any other casing. */
function otherCasing(schema: z.core.$ZodType, at: string): string[] {
  if (fromKubernetes.has(schema)) return [];
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'object') {
    return Object.entries(def.shape).flatMap(([name, value]) => [
      ...(snakeCase.test(name) ? [] : [`${at}.${name}`]),
      ...otherCasing(value, `${at}.${name}`),
    ]);
  }
  if (def.type === 'array') return otherCasing(def.element, `${at}[]`);
  if (def.type === 'record') return otherCasing(def.valueType, `${at}{}`);
  if (def.type === 'union') return def.options.flatMap((option) => otherCasing(option, at));
  if (def.type === 'pipe') return [...otherCasing(def.in, at), ...otherCasing(def.out, at)];
  if (def.type === 'enum') return wrongWords(Object.values(def.entries), at);
  if (def.type === 'literal') return wrongWords(def.values, at);
  if ('innerType' in def) return otherCasing(def.innerType, at);
  assert.ok(leaves.has(def.type), `${at}: this test does not know how to look into '${def.type}'`);
  return [];
}

function wrongWords(words: readonly unknown[], at: string): string[] {
  return words.flatMap((word) => (typeof word === 'string' && !tag.test(word) ? [`${at}: '${word}'`] : []));
}

const schemasOf = ({ body, query, reply }: PathRow) =>
  Object.entries({ body: body.schema, query, reply }).flatMap(([part, schema]) =>
    schema === null ? [] : [[part, schema] as const],
  );

test('the search for other casing finds it, however deep', () => {
  const schema = z.object({
    a_b: z.array(z.object({ rssBytes: z.int().nullable() })),
    kind: z.enum(['gave-up', 'ok']),
  });
  assert.deepEqual(otherCasing(schema, 'x'), ['x.a_b[].rssBytes', "x.kind: 'gave-up'"]);
});

test('what goes over our own routes is in snake_case: every member of a body, a query and a reply, and every fixed word', () => {
  const wrong = own.flatMap((row) =>
    schemasOf(row).flatMap(([part, schema]) => otherCasing(schema, `${row.method} ${row.pattern} ${part}`)),
  );
  assert.deepEqual(wrong, []);
});

test('every own route but the one of plain text says what it answers with', () => {
  const silent = own.filter(({ reply }) => reply === null).map(({ method, pattern }) => `${method} ${pattern}`);
  assert.deepEqual(silent, ['GET /v1/kumiki/replicas/:replica/logs']);
});

test('open segments are in snake_case', () => {
  const names = own.flatMap(({ pattern }) => pattern.split(/[/:]+/).filter((part) => part !== ''));
  assert.deepEqual(
    names.filter((name) => !snakeCase.test(name)),
    [],
  );
});
