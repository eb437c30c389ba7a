import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { boundedArray, boundedRecord } from './bounded.ts';
import { jsonSchemaOf } from './json-schema.ts';

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
