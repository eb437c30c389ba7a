import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findMismatch } from './match-schema.ts';

const schema = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 1 },
    age: { type: ['integer', 'null'], minimum: 0 },
    kind: { enum: ['cat', 'dog'] },
    tags: { type: 'array', items: { $ref: '#/$defs/tag' }, maxItems: 2 },
    more: { anyOf: [{ type: 'number' }, { const: 'none' }] },
  },
  required: ['name', 'kind'],
  additionalProperties: false,
  $defs: { tag: { type: 'string' } },
};

test('what matches, matches', () => {
  assert.equal(findMismatch(schema, { name: '猫', kind: 'cat', age: null, tags: ['a'], more: 'none' }), null);
  assert.equal(findMismatch({}, 3), null);
});

test('the first part that does not is named', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['text', '$'],
    [{ name: 'a' }, '$.kind'],
    [{ name: '', kind: 'cat' }, '$.name'],
    [{ name: 'a', kind: 'cow' }, '$.kind'],
    [{ name: 'a', kind: 'cat', age: 1.5 }, '$.age'],
    [{ name: 'a', kind: 'cat', age: -1 }, '$.age'],
    [{ name: 'a', kind: 'cat', tags: ['a', 1] }, '$.tags[1]'],
    [{ name: 'a', kind: 'cat', tags: ['a', 'b', 'c'] }, '$.tags'],
    [{ name: 'a', kind: 'cat', more: 'x' }, '$.more'],
    [{ name: 'a', kind: 'cat', other: 1 }, '$.other'],
  ];
  for (const [value, path] of cases) assert.equal(findMismatch(schema, value), path);
});

test('a schema that refers to itself ends', () => {
  assert.equal(findMismatch({ $ref: '#' }, 1), null);
});
