import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { allPaths } from '../paths/all-paths.ts';
import { maxObjectMembers } from '../paths/path-row.ts';
import { boundedArray, boundedObject, boundedRecord, boundedTokenIds, boundOf } from './bounded.ts';

const bodies = allPaths.flatMap(({ method, pattern, body }) =>
  body.schema === null ? [] : [{ name: `${method} ${pattern}`, body, schema: body.schema }],
);

/** Places where a schema accepts a list, text or map without checking its length first. */
function unboundedPlaces(schema: z.core.$ZodType, path: string, counted = false): string[] {
  const { def } = schema._zod as unknown as { def: Readonly<Record<string, unknown>> & { readonly type: string } };
  const inner = (of: unknown, step: string, isCounted = false): string[] =>
    unboundedPlaces(of as z.core.$ZodType, path + step, isCounted);
  switch (def.type) {
    case 'object':
      return Object.entries(def['shape'] as Record<string, unknown>).flatMap(([name, of]) => inner(of, `.${name}`));
    case 'array':
      return [...(counted ? [] : [`${path}: array`]), ...inner(def['element'], '[]')];
    case 'record':
      return [
        ...(counted ? [] : [`${path}: record`]),
        ...inner(def['keyType'], '{key}'),
        ...inner(def['valueType'], '{}'),
      ];
    case 'string':
      return hasLength(schema) ? [] : [`${path}: string`];
    case 'union':
      return (def['options'] as readonly unknown[]).flatMap((of) => inner(of, ''));
    case 'pipe':
      return boundOf(def['in'] as z.core.$ZodType) === null
        ? [...inner(def['in'], ''), ...inner(def['out'], '')]
        : inner(def['out'], '', true);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return inner(def['innerType'], '');
    case 'number':
    case 'boolean':
    case 'literal':
    case 'enum':
    case 'unknown':
      return [];
    case 'custom':
      return counted ? [] : [`${path}: custom`];
    default:
      return [`${path}: ${def.type}, which this test does not know`];
  }
}

function hasLength(schema: z.core.$ZodType): boolean {
  return typeof (schema as z.ZodString).maxLength === 'number';
}

test('whatever a body may hold has its length looked at before its contents', () => {
  assert.ok(bodies.length > 15);
  for (const { name, schema } of bodies) assert.deepEqual(unboundedPlaces(schema, name), []);
});

test('a list, a record and a text without a bound are found, wherever they are', () => {
  const places = (schema: z.ZodType): string[] => unboundedPlaces(schema, '');
  assert.deepEqual(places(z.object({ a: z.array(z.int()).max(3).nullish() })), ['.a: array']);
  assert.deepEqual(places(boundedArray(z.union([z.string(), z.record(z.string().max(1), z.int())]), 3)), [
    '[]: string',
    '[]: record',
  ]);
  assert.deepEqual(places(boundedRecord(z.string(), z.string().max(2), 3)), ['{key}: string']);
  assert.deepEqual(places(boundedArray(boundedArray(z.string().max(3), 2), 2)), []);
  assert.deepEqual(places(z.map(z.string(), z.string())), [': map, which this test does not know']);
});

test('what is too long is refused without a look at what it holds', () => {
  let looked = 0;
  const element = z.custom<number>(() => ++looked > 0);
  const list = boundedArray(element, 3);
  assert.equal(list.safeParse(Array.from({ length: 100_000 }, () => 1)).success, false);
  const record = boundedRecord(z.string().max(9), element, 3);
  assert.equal(record.safeParse(Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at, 1]))).success, false);
  assert.equal(looked, 0);
  assert.deepEqual(list.parse([1, 2, 3]), [1, 2, 3]);
  assert.equal(looked, 3);
});

test('a list says what is wrong as any other does, and stops after a few wrong elements', () => {
  let looked = 0;
  const list = boundedArray(
    z.custom<number>((value) => ++looked > 0 && typeof value === 'number', 'no number'),
    10_000,
  );
  const { error } = list.safeParse(Array.from({ length: 10_000 }, (_, at) => (at === 5 ? 1 : 'x')));
  assert.deepEqual(
    error?.issues.map(({ path, message }) => [path, message]),
    [0, 1, 2, 3, 4, 6, 7, 8].map((at) => [[at], 'no number']),
  );
  assert.equal(looked, 9);
  const texts = z.object({ a: boundedArray(z.string().max(3).default('d'), 4, 1) });
  assert.deepEqual(texts.parse({ a: [undefined, 'x'] }), { a: ['d', 'x'] });
  for (const [value, message] of [
    [[], /Too small: expected array to have >=1 items/],
    [{}, /expected array, received object/],
    [undefined, /expected array, received undefined/],
    [['a', 'b', 'c', 'd', 'e'], /must have at most 4 elements/],
  ] as const) {
    assert.match(texts.safeParse({ a: value }).error?.issues[0]?.message ?? '', message);
  }
});

test('token ids are counted, then looked at, and the wrong one is named', () => {
  const schema = z.object({ prompt: boundedTokenIds(4, 1) });
  assert.deepEqual(schema.parse({ prompt: [0, 5, 4_294_967_296] }), { prompt: [0, 5, 4_294_967_296] });
  for (const [prompt, path, message] of [
    [[1, 2, -1], ['prompt', 2], /token id/],
    [['1'], ['prompt', 0], /token id/],
    [[1, 1.5], ['prompt', 1], /token id/],
    [[], ['prompt'], /Too small/],
    ['text', ['prompt'], /expected array, received string/],
    [[1, 2, 3, 4, 5], ['prompt'], /at most 4 elements/],
  ] as const) {
    const [issue] = schema.safeParse({ prompt }).error?.issues ?? [];
    assert.deepEqual(issue?.path, path);
    assert.match(issue?.message ?? '', message);
  }
});

test('an object that is taken as it is has its members counted and its names measured', () => {
  const schema = boundedObject(2, 3);
  assert.deepEqual(schema.parse({ abc: { deep: [1] }, b: null }), { abc: { deep: [1] }, b: null });
  for (const value of [[], 'x', null, 1]) assert.match(schema.safeParse(value).error?.message ?? '', /expected record/);
  assert.match(schema.safeParse({ abcd: 1 }).error?.message ?? '', /names of at most 3 characters/);
  assert.match(schema.safeParse({ a: 1, b: 2, c: 3 }).error?.message ?? '', /at most 2 members/);
});

/** The most hostile value for each member of a body's first level that accepts a list, a text or a map. */
const floods: Readonly<Record<string, (size: number) => unknown>> = {
  'a list of numbers': (size) => Array.from({ length: size / 2 }, () => 1),
  'a list of empty objects': (size) => Array.from({ length: size / 3 }, () => ({})),
  'a list of lists': (size) => Array.from({ length: size / 5 }, () => [1]),
  'a list of texts': (size) => Array.from({ length: size / 6 }, () => 'abc'),
  'a list of messages': (size) => Array.from({ length: size / 30 }, () => ({ role: 'user', content: [{ type: 'x' }] })),
  'a map': () => Object.fromEntries(Array.from({ length: maxObjectMembers }, (_, at) => [`k${at}`, 1])),
  'a list of maps': (size) =>
    Array.from({ length: size / 1_200 }, () =>
      Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`k${at}`, 1])),
    ),
  'a text': (size) => 'x'.repeat(size),
};

test('a flood in any member of any body is refused in no time', () => {
  const mebibyte = 1_048_576;
  for (const [kind, make] of Object.entries(floods)) {
    const flood = make(mebibyte);
    for (const { name, schema } of bodies) {
      if (!(schema instanceof z.ZodObject)) continue;
      for (const member of Object.keys(schema.shape)) {
        const begun = performance.now();
        schema.safeParse({ [member]: flood });
        // Generous: some values are within the limits and are checked in full, and the machine may be busy.
        assert.ok(performance.now() - begun < 250, `${name} ${member}: ${kind}, ${performance.now() - begun} ms`);
      }
    }
  }
});
