import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import type { JsonSchema } from './grammar.ts';
import { grammarText } from './llama/grammar-from-schema.ts';
import { sampleJson } from './simulated/json-sample.ts';

/** Values that a client may put for a keyword of a schema: mostly wrong ones. */
const anything = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    1e308,
    64,
    2_000,
    '',
    'kumiki_continuation',
    '__proto__',
    '\0',
  ),
  fc.constantFrom<unknown>('string', 'object', 'array', 'integer', '#', '#/properties/a', '#/$defs/a/b', '^a+$', '(a'),
  fc.constantFrom<unknown>([], {}, [null], ['a', 'a'], [[]], { a: null }, [{}]),
);
const keywords = [
  'type properties required additionalProperties items prefixItems minItems maxItems enum const anyOf oneOf allOf $ref',
  '$defs minLength maxLength pattern format minimum maximum exclusiveMinimum exclusiveMaximum multipleOf nullable title',
]
  .join(' ')
  .split(' ');
const { schema: schemas } = fc.letrec<{ schema: unknown }>((tie) => {
  const members = fc.dictionary(fc.constantFrom(...keywords), fc.oneof(anything, tie('schema')), { maxKeys: 5 });
  const nested = fc.record({
    type: fc.constant('object'),
    properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema')),
  });
  const lists = fc.record({
    type: fc.constant('array'),
    items: tie('schema'),
    minItems: fc.constantFrom(0, 1, 64, 1e9),
  });
  return { schema: fc.oneof({ depthSize: 'small' }, anything, members, nested, lists) };
});

const makers = {
  'the simulated engine': (schema: unknown) => sampleJson(schema as JsonSchema, 7),
  'the compiler of grammars': (schema: unknown) => grammarText({ kind: 'json_schema', schema: schema as JsonSchema }),
};

for (const [name, make] of Object.entries(makers)) {
  test(`${name} refuses what is no schema with a reason, and throws nothing else`, () => {
    fc.assert(
      fc.property(schemas, (schema) => {
        try {
          assert.equal(typeof make(JSON.parse(JSON.stringify(schema))), 'string');
        } catch (error) {
          assert.ok(error instanceof KumikiError && error.code === 'invalid_value', String(error));
        }
      }),
      { numRuns: 3_000 },
    );
  });
}
