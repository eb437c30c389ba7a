import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { boundedArray, boundedRecord } from './bounded.ts';
import { jsonSchemaOf, jsonSchemasOf } from './json-schema.ts';

test('lists and records that are counted first say what they hold and how many', () => {
  const schema = z.strictObject({
    names: boundedArray(z.string().max(3), 4).default([]).describe('Names.'),
    labels: boundedRecord(z.string(), z.int(), 2).optional(),
  });
  assert.deepEqual(jsonSchemaOf(schema), {
    type: 'object',
    properties: {
      names: {
        type: 'array',
        items: { type: 'string', maxLength: 3 },
        minItems: 0,
        maxItems: 4,
        default: [],
        description: 'Names.',
      },
      labels: {
        type: 'object',
        propertyNames: { type: 'string' },
        additionalProperties: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
        maxProperties: 2,
      },
    },
    additionalProperties: false,
  });
});

test('schemas that stand in others are referred to by their name', () => {
  const name = z.string().max(3);
  const list = z.object({ data: z.array(z.object({ name })) });
  assert.deepEqual(jsonSchemasOf({ Name: name, List: list }, '#/x/')['List']?.properties?.['data'], {
    type: 'array',
    items: { type: 'object', properties: { name: { $ref: '#/x/Name' } }, required: ['name'] },
  });
});
