import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parallelReadings } from './schema-ambiguity.ts';

const array = (items: unknown, maxItems = 9) => ({ type: 'array', items, maxItems });
const record = (properties: Record<string, unknown>) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

test('alternatives of different types are told apart by their first character', () => {
  assert.equal(parallelReadings({ anyOf: [{ type: 'string' }, { type: 'null' }, array({})] }), 1);
});

test('alternatives that begin alike add up, and multiply when nested', () => {
  const twice = (inner: unknown) => ({ anyOf: [array(inner, 1), array(inner, 2)] });
  assert.equal(parallelReadings(twice({ type: 'null' })), 2);
  assert.equal(parallelReadings(twice(twice(twice({ type: 'null' })))), 8);
});

test('a choice that contains itself in two alternatives is endless', () => {
  const a = { $ref: '#/$defs/a' };
  assert.equal(parallelReadings({ $ref: '#/$defs/a', $defs: { a: { anyOf: [array(a, 1), array(a, 2)] } } }), Infinity);
});

test('an endless choice is found behind a definition that was harmless on another way', () => {
  const b = { $ref: '#/$defs/b' };
  const schema = {
    $ref: '#/$defs/a',
    $defs: { a: record({ x: b, y: { anyOf: [array(b, 1), array(b, 2)] } }), b: array({ $ref: '#/$defs/a' }) },
  };
  assert.equal(parallelReadings(schema), Infinity);
});

test('recursive objects with a first constant property are told apart', () => {
  const node = { anyOf: [{ $ref: '#/$defs/sum' }, { $ref: '#/$defs/number' }] };
  const schema = {
    ...record({ root: node }),
    $defs: {
      sum: record({ kind: { const: 'sum' }, left: node, right: node }),
      number: record({ kind: { const: 'number' }, value: { type: 'number' } }),
    },
  };
  assert.equal(parallelReadings(schema), 2);
});

test('recursive objects without a constant to tell them apart are endless', () => {
  const node = { $ref: '#/$defs/node' };
  const schema = {
    ...node,
    $defs: { node: { anyOf: [record({ left: node, a: {} }), record({ left: node, b: {} }), { type: 'null' }] } },
  };
  assert.equal(parallelReadings(schema), Infinity);
});

test('a list that refers to the root counts once', () => {
  assert.equal(parallelReadings(record({ value: {}, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } })), 1);
});

test('optional properties in a row may each come next', () => {
  const optional = (count: number) => ({
    type: 'object',
    properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, {}])),
    required: ['p3'],
  });
  assert.equal(parallelReadings(optional(4)), 4);
  assert.equal(parallelReadings(optional(14)), 11);
});

test('a chain of forty doubling definitions is judged at once', () => {
  const definitions = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` };
      return [`d${index}`, { anyOf: [array(next, 1), array(next, 2)] }];
    }),
  );
  assert.equal(parallelReadings({ $ref: '#/$defs/d0', $defs: { ...definitions, d40: {} } }), 2 ** 40);
});
