import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import type { JsonSchema } from '../grammar.ts';
import { grammarText } from './grammar-from-schema.ts';
import { llamaLibrary } from './llama-library.ts';
import { bindingsOf, type NativeBindings } from './native.ts';

let bindings: NativeBindings;
before(async () => {
  bindings = bindingsOf((await llamaLibrary(false)).llama)!;
});

function judge(spec: Parameters<typeof grammarText>[0]): (text: string) => boolean {
  const grammar = new bindings.AddonGrammar(grammarText(spec), { addonExports: bindings });
  return (text) => grammar.isTextCompatible(text);
}

const schemaJudge = (schema: JsonSchema) => judge({ kind: 'json_schema', schema });

/** Each schema with texts that its grammar accepts, and texts that it refuses. */
const examples: readonly [name: string, schema: JsonSchema, accepted: readonly string[], refused: readonly string[]][] =
  [
    [
      'any value',
      true,
      ['1', '"a"', 'null', '[1, {"a":[]}]', '{"a": 1, "b":2}'],
      ['', 'a', '[1,]', '{a:1}', '[1,  2]'],
    ],
    ['a string', { type: 'string' }, ['""', '"é😀\\n\\u00e9"', '"a\\"b"'], ['"', '"\n"', '"\\ud800"', "'a'"]],
    [
      'a string of a length',
      { type: 'string', minLength: 2, maxLength: 3 },
      ['"ab"', '"abc"', '"\\n😀"'],
      ['"a"', '"abcd"'],
    ],
    ['an integer', { type: 'integer' }, ['0', '-7', '120'], ['01', '1.5', '1e3', '-', '+1']],
    ['a number', { type: 'number' }, ['0', '-7.25', '1e-3', '12.50'], ['.5', '1.', '1e999', 'NaN']],
    ['a boolean', { type: 'boolean' }, ['true', 'false'], ['True', 'null']],
    ['a nullable string', { type: ['string', 'null'] }, ['"a"', 'null'], ['1']],
    ['a nullable of OpenAPI', { type: 'integer', nullable: true }, ['1', 'null'], ['"a"']],
    [
      'an enumeration',
      { enum: ['a', 'ab', 'b"', 7, null, { x: [1] }] },
      ['"a"', '"ab"', '"b\\""', '7', 'null', '{"x":[1]}'],
      ['"b"', '"abc"', '8'],
    ],
    ['a constant', { const: 'x\\y\n' }, ['"x\\\\y\\n"'], ['"x"']],
    [
      'a range of integers',
      { type: 'integer', minimum: -12, maximum: 105 },
      ['-12', '-9', '0', '9', '10', '99', '100', '105'],
      ['-13', '106', '-0', '1000', '007'],
    ],
    ['integers from a limit', { type: 'integer', exclusiveMinimum: 8 }, ['9', '10', '99', '123456'], ['8', '0', '-9']],
    ['integers up to a limit', { type: 'integer', maximum: -3 }, ['-3', '-10', '-99'], ['-2', '0', '3']],
    [
      'integers as zod writes them',
      { type: 'integer', minimum: -9007199254740991, maximum: 9007199254740991 },
      ['0', '-1', '99', '9007199254740991', '-9007199254740991', '1000000000000000'],
      ['9007199254740992', '-9007199254740992', '10000000000000000', '-0', '007'],
    ],
    [
      'positive integers as zod writes them',
      { type: 'integer', exclusiveMinimum: 0, maximum: 9007199254740991 },
      ['1', '10', '123456789', '9007199254740991'],
      ['0', '-1', '9007199254740992'],
    ],
    [
      'integers of 64 bits',
      { type: 'integer', minimum: -9223372036854776000, maximum: 9223372036854776000 },
      ['0', '-7', '9007199254740992'],
      ['1.5', '01'],
    ],
    ['a range of numbers', { type: 'number', minimum: 0, maximum: 1 }, ['0', '1', '0.25'], ['1.5', '-0.5', '2']],
    ['numbers above a limit', { type: 'number', exclusiveMinimum: 0 }, ['0.5', '1', '12.25'], ['0', '0.0', '-1']],
    [
      'a range with decimals',
      { type: 'number', minimum: -0.5, maximum: 1.25 },
      ['-0.50', '0.00', '1.25', '0.99'],
      ['1.26', '-0.51', '2.00'],
    ],
    ['multiples', { type: 'integer', minimum: 1, maximum: 20, multipleOf: 5 }, ['5', '20'], ['0', '7', '25']],
    ['a list', { type: 'array', items: { type: 'integer' } }, ['[]', '[1]', '[1,2, 3]'], ['[', '[1 ,2]', '["a"]']],
    [
      'a list of a length',
      { type: 'array', items: { type: 'null' }, minItems: 1, maxItems: 2 },
      ['[null]', '[null, null]'],
      ['[]', '[null,null,null]'],
    ],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false },
      ['[1,"a"]'],
      ['[]', '[1]', '[1,"a",2]'],
    ],
    ['an empty list', { type: 'array', maxItems: 0 }, ['[]'], ['[1]']],
    [
      'an object',
      {
        type: 'object',
        properties: { a: { type: 'integer' }, 'b"': {} },
        required: ['a', 'b"'],
        additionalProperties: false,
      },
      ['{"a":1,"b\\"":[]}', '{"a": 1, "b\\"": "x"}'],
      ['{}', '{"a":1}', '{"b\\"":1,"a":1}', '{"a":1,"b\\"":1,"c":1}'],
    ],
    [
      'optional properties',
      { type: 'object', properties: { a: { const: 1 }, b: { const: 2 }, c: { const: 3 } }, required: ['b'] },
      ['{"b":2}', '{"a":1,"b":2}', '{"b":2,"c":3}', '{"a":1,"b":2,"c":3}'],
      ['{}', '{"a":1}', '{"a":1,"c":3}', '{,"b":2}'],
    ],
    [
      'only optional properties',
      { type: 'object', properties: { a: { const: 1 }, b: { const: 2 } } },
      ['{}', '{"a":1}', '{"b":2}', '{"a":1,"b":2}'],
      ['{"c":1}', '{"a":1,}'],
    ],
    ['an object without properties', { type: 'object', additionalProperties: false }, ['{}'], ['{"a":1}']],
    ['a map', { type: 'object', additionalProperties: { type: 'integer' } }, ['{}', '{"a":1,"b":2}'], ['{"a":"x"}']],
    ['a required property without a schema', { type: 'object', required: ['a'] }, ['{"a":[1]}'], ['{}']],
    [
      'alternatives',
      {
        anyOf: [
          { type: 'object', properties: { t: { const: 'a' } }, required: ['t'] },
          { type: 'array', items: true },
          { type: 'null' },
        ],
      },
      ['{"t":"a"}', '[1]', 'null'],
      ['{"t":"b"}', '1'],
    ],
    [
      'parts taken together',
      {
        allOf: [{ $ref: '#/$defs/x' }, { type: 'object', properties: { b: { const: 2 } }, required: ['b'] }],
        $defs: { x: { type: 'object', properties: { a: { const: 1 } }, required: ['a'] } },
      },
      ['{"a":1,"b":2}'],
      ['{"a":1}', '{"b":2}'],
    ],
    [
      'a recursive list',
      {
        type: 'object',
        properties: { v: { type: 'integer' }, next: { anyOf: [{ $ref: '#' }, { type: 'null' }] } },
        required: ['v', 'next'],
        additionalProperties: false,
      },
      ['{"v":1,"next":null}', '{"v":1,"next":{"v":2,"next":null}}'],
      ['{"v":1}', '{"v":1,"next":{}}'],
    ],
    [
      'a recursive tree',
      { $ref: '#/$defs/node%20x', $defs: { 'node x': { type: 'array', items: { $ref: '#/$defs/node%20x' } } } },
      ['[]', '[[],[[]]]'],
      ['[1]'],
    ],
    [
      'a format and a pattern, relaxed',
      { type: 'string', format: 'date', pattern: '^a$' },
      ['"2026-01-01"', '"zzz"'],
      ['1'],
    ],
  ];

describe('grammars from schemas', () => {
  for (const [name, schema, accepted, refused] of examples)
    test(name, () => {
      const accepts = schemaJudge(schema);
      for (const text of accepted) assert.ok(accepts(text), `should accept ${text}`);
      for (const text of refused) assert.ok(!accepts(text), `should refuse ${text}`);
    });

  test('json takes objects only', () => {
    const accepts = judge({ kind: 'json' });
    assert.ok(accepts('{"a": [1, "x"]}'));
    assert.ok(!accepts('[1]'));
  });

  test('a wrapped schema stands between its fixed texts', () => {
    const before = '<tool_call>\n{"name": "a\\b", "arguments": ';
    const accepts = judge({
      kind: 'wrapped_json_schema',
      before,
      schema: { type: 'object' },
      after: '}\n</tool_call>',
    });
    assert.ok(accepts(`${before}{"x":1}}\n</tool_call>`));
    assert.ok(!accepts('{"x":1}'));
  });
});

/** Schemas that the compiler refuses. */
const refusals: readonly [name: string, schema: JsonSchema][] = [
  ['false', false],
  ['no schema at all', [] as unknown as JsonSchema],
  ['an unknown type', { type: 'text' }],
  ['an empty enumeration', { enum: [] }],
  ['an empty choice', { anyOf: [] }],
  ['not', { not: { type: 'string' } }],
  ['pattern properties', { type: 'object', patternProperties: { a: {} } }],
  ['unique items', { type: 'array', uniqueItems: true }],
  ['a reference to nothing', { $ref: '#/$defs/x' }],
  ['a reference to another document', { $ref: 'https://example.org/x' }],
  ['a reference to the prototype', { $ref: '#/constructor' }],
  ['a reference to itself', { $ref: '#' }],
  [
    'a circle of references',
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } },
  ],
  ['a required property that may not be', { type: 'object', required: ['a'], additionalProperties: false }],
  ['lengths that contradict', { type: 'string', minLength: 3, maxLength: 2 }],
  ['items that contradict', { type: 'array', minItems: 3, maxItems: 2 }],
  ['an empty range', { type: 'integer', minimum: 3, maximum: 2 }],
  ['a range between two integers', { type: 'integer', exclusiveMinimum: 2, exclusiveMaximum: 3 }],
  ['endless multiples', { type: 'integer', multipleOf: 7 }],
  ['a length of a million', { type: 'string', minLength: 1e6 }],
  ['a length of half a character', { type: 'string', maxLength: 0.5 }],
  ['parts that contradict', { allOf: [{ type: 'string' }, { type: 'integer' }] }],
  [
    'too many parts',
    { anyOf: Array.from({ length: 3000 }, (_, index) => ({ type: 'array', items: { const: index } })) },
  ],
  ['too much depth', nested(60)],
  [
    'too many repetitions',
    { type: 'array', prefixItems: Array.from({ length: 9 }, (_, at) => ({ type: 'string', maxLength: 1000 + at })) },
  ],
  [
    'a choice within itself',
    {
      $ref: '#/$defs/a',
      $defs: { a: { anyOf: [1, 2].map((maxItems) => ({ type: 'array', maxItems, items: { $ref: '#/$defs/a' } })) } },
    },
  ],
];

function nested(depth: number): JsonSchema {
  let schema: JsonSchema = { type: 'null' };
  for (let level = 0; level < depth; level++) schema = { type: 'array', items: schema };
  return schema;
}

describe('schemas that are refused, with a reason', () => {
  for (const [name, schema] of refusals)
    test(name, () => {
      assert.throws(
        () => grammarText({ kind: 'json_schema', schema }),
        (error) => error instanceof KumikiError && error.code === 'invalid_value' && error.param === 'response_format',
      );
    });
});

interface Sample {
  readonly schema: Record<string, unknown>;
  readonly value: unknown;
}

/** Schemas each with a value that conforms. */
const samples = fc.letrec<{ any: Sample; leaf: Sample; list: Sample; record: Sample; choice: Sample }>((tie) => ({
  any: fc.oneof({ maxDepth: 4, depthIdentifier: 'schema' }, tie('leaf'), tie('list'), tie('record'), tie('choice')),
  leaf: fc.oneof(
    fc.string({ unit: 'grapheme' }).map((value) => ({ schema: { type: 'string' }, value })),
    fc.string({ unit: 'binary' }).map((value) => ({ schema: { enum: ['x', value] }, value })),
    fc.integer().map((value) => ({ schema: { type: 'integer' }, value })),
    fc.tuple(fc.integer(), fc.nat(), fc.nat()).map(([value, below, above]) => ({
      schema: { type: 'integer', minimum: value - below, maximum: value + above },
      value,
    })),
    fc.boolean().map((value) => ({ schema: { type: 'boolean' }, value })),
    fc.constant({ schema: { type: ['integer', 'null'] }, value: null }),
  ),
  list: fc.array(tie('any'), { minLength: 1, maxLength: 3 }).map(([first, ...rest]) => ({
    schema: { type: 'array', prefixItems: [first!, ...rest].map(({ schema }) => schema), items: false },
    value: [first!, ...rest].map(({ value }) => value),
  })),
  record: fc
    .uniqueArray(
      fc.tuple(fc.string({ unit: 'binary' }), tie('any'), fc.constantFrom('required', 'given', 'left out')),
      {
        selector: ([name]) => name,
        maxLength: 4,
      },
    )
    .map((properties) => ({
      // Names that are array indexes would change their order in a JavaScript object.
      schema: {
        type: 'object',
        properties: Object.fromEntries(properties.map(([name, { schema }]) => [`p${name}`, schema])),
        required: properties.filter(([, , how]) => how === 'required').map(([name]) => `p${name}`),
        additionalProperties: false,
      },
      value: Object.fromEntries(
        properties.filter(([, , how]) => how !== 'left out').map(([name, { value }]) => [`p${name}`, value]),
      ),
    })),
  choice: fc
    .tuple(tie('any'), tie('any'))
    .map(([one, other]) => ({ schema: { anyOf: [other.schema, one.schema] }, value: one.value })),
}));

test('a grammar accepts every value that conforms to its schema', () => {
  fc.assert(
    fc.property(samples.any, ({ schema, value }) => {
      const accepts = schemaJudge(schema);
      const text = JSON.stringify(value).replaceAll('\u007f', '\\u007f');
      assert.ok(accepts(text), text);
    }),
    { numRuns: 150 },
  );
});

test('any JSON at all as a schema gives a grammar that parses or a refusal, never a crash', () => {
  const keyword = fc.constantFrom(
    'type',
    'properties',
    'items',
    'anyOf',
    'allOf',
    '$ref',
    'enum',
    'const',
    'required',
    'minItems',
    'maxItems',
    'minimum',
    'maximum',
    'multipleOf',
    'prefixItems',
    'additionalProperties',
    'minLength',
    'maxLength',
    '$defs',
  );
  const leaf = fc.oneof(
    fc.constantFrom(
      'object',
      'array',
      'string',
      'integer',
      'number',
      '#',
      '#/$defs/a',
      '#/properties/a',
      true,
      false,
      null,
    ),
    fc.integer({ min: -3, max: 40 }),
    fc.double(),
  );
  const { tree } = fc.letrec<{ tree: unknown; node: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 5, depthSize: 'medium' }, leaf, tie('node'), fc.array(tie('tree'), { maxLength: 3 })),
    node: fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', 'b')), tie('tree'), { maxKeys: 5 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(keyword, tree, { maxKeys: 5 }), (schema) => {
      try {
        const accepts = schemaJudge(schema);
        accepts('{"a":[[[[1]]]]}');
      } catch (error) {
        assert.ok(error instanceof KumikiError, String(error));
      }
    }),
    { numRuns: 1500 },
  );
});
