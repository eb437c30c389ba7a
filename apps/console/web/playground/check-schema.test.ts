import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSchema } from './check-schema.ts';

test('a schema as people write it passes', () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      tags: { type: 'array', items: { type: ['string', 'null'] } },
      kind: { enum: ['a', 'b'] },
      either: { anyOf: [{ type: 'number' }, { $ref: '#/$defs/other' }] },
    },
    required: ['name'],
    additionalProperties: false,
    $defs: { other: { type: 'boolean' } },
  };
  assert.equal(checkSchema(schema), null);
  assert.equal(checkSchema({}), null);
});

test('slips are found where they are', () => {
  const cases = [
    [[], { path: '', what: 'object' }],
    [true, { path: '', what: 'object' }],
    [{ type: 'text' }, { path: 'type', what: 'type' }],
    [{ properties: ['name'] }, { path: 'properties', what: 'properties' }],
    [{ properties: { a: { type: 'strin' } } }, { path: 'properties.a.type', what: 'type' }],
    [
      { properties: { a: {} }, required: 'a' },
      { path: 'required', what: 'required' },
    ],
    [
      { properties: { a: {} }, required: ['b'] },
      { path: 'required.b', what: 'unknownRequired' },
    ],
    [{ items: { enum: [] } }, { path: 'items.enum', what: 'enum' }],
    [{ anyOf: [{}, { type: 1 }] }, { path: 'anyOf.1.type', what: 'type' }],
    [{ oneOf: {} }, { path: 'oneOf', what: 'list' }],
  ] as const;
  for (const [schema, problem] of cases) assert.deepEqual(checkSchema(schema), problem);
});
