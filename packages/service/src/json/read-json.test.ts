import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { KumikiError } from '@kumiki/api';
import fc from 'fast-check';
import { readJson } from './read-json.ts';

const read = (text: string | Buffer, maxValues = 1_000): unknown => readJson(Buffer.from(text), maxValues);

function refusal(text: string | Buffer, maxValues?: number): { code: string; message: string } {
  try {
    read(text, maxValues);
  } catch (error) {
    assert.ok(error instanceof KumikiError);
    return { code: error.code, message: error.message };
  }
  throw new Error(`was read: ${String(text).slice(0, 200)}`);
}

/** A name as JSON, with the characters escaped that the mask selects. */
function spell(name: string, mask: number): string {
  const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return `"${Array.from(name, (sign, at) => (((mask >> at) & 1) === 1 ? escaped(sign) : sign)).join('')}"`;
}

/** Generates names without `__proto__`, so that valid texts have no such member and no duplicate. */
const names = fc.string({ unit: 'grapheme', maxLength: 6 }).filter((name) => name !== '__proto__');
const { value: jsonValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('}', ']', '{"a":', '\\', '"', '\\"', 'x'.repeat(60) + '\\', ','),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(names, tie('value'), { maxKeys: 5 }),
  ),
}));

test('any JSON value is read as it is, compact or spread', () => {
  fc.assert(
    fc.property(jsonValue, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      assert.deepEqual(read(text), JSON.parse(text));
    }),
    { numRuns: 500 },
  );
});

test('a text that is no JSON is refused, and nothing else is thrown', () => {
  fc.assert(
    fc.property(jsonValue, fc.nat(), fc.nat({ max: 255 }), (value, place, byte) => {
      const text = Buffer.from(JSON.stringify(value));
      text[place % text.length] = byte;
      let expected: unknown;
      try {
        expected = JSON.parse(text.toString('utf8'));
      } catch {
        assert.equal(refusal(text).code.length > 0, true);
        return;
      }
      try {
        assert.deepEqual(read(text), expected);
      } catch (error) {
        // The changed byte may have caused a duplicate name or invalid UTF-8.
        assert.ok(error instanceof KumikiError && error.code === 'invalid_json', String(error));
      }
    }),
    { numRuns: 1_000 },
  );
});

test('__proto__ is refused as a name at any depth and by any spelling; as a value it is a text', () => {
  for (const mask of [0, 1, 2, 4, 255, 511, 257]) {
    const name = spell('__proto__', mask);
    for (const text of [
      `{${name}:{"n":3}}`,
      `{"a":1,${name}:1}`,
      `[{"a":[{"b":1},{${name}:null}]}]`,
      `{"messages":[{"role":"user" , ${name} : {}}]}`,
    ]) {
      assert.deepEqual(refusal(text), { code: 'unknown_parameter', message: "Unknown parameter: '__proto__'." }, text);
    }
    assert.deepEqual(read(`{"a":${name},"b":[${name}]}`), { a: '__proto__', b: ['__proto__'] });
  }
});

test('constructor and its like are own members like any other', () => {
  const body = read('{"constructor":1,"toString":2,"hasOwnProperty":3}') as object;
  assert.deepEqual(Object.entries(body), [
    ['constructor', 1],
    ['toString', 2],
    ['hasOwnProperty', 3],
  ]);
});

test('a name that stands twice in one object is refused, by any two spellings and at any depth', () => {
  for (const first of [0, 1, 5, 31]) {
    for (const second of [0, 2, 31]) {
      const pair = `${spell('model', first)}:"a","x":{},${spell('model', second)}:"b"`;
      for (const text of [`{${pair}}`, `{"y":1,${pair}}`, `[[{"deep":{${pair}}}]]`]) {
        assert.match(refusal(text).message, /duplicate key 'model'/, text);
      }
    }
  }
  assert.deepEqual(read('[{"a":1},{"a":2,"b":{"a":3}}]'), [{ a: 1 }, { a: 2, b: { a: 3 } }]);
  assert.match(refusal('{"é":1,"\\u00e9":2}').message, /duplicate key 'é'/);
});

test('depth and number of values are bounded before anything is built', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  assert.ok(read(nested(128)));
  assert.equal(refusal(nested(129)).code, 'body_too_deep');
  assert.equal(refusal('{"a":'.repeat(1_000_000)).code, 'body_too_deep');
  assert.ok(read(`[${'1,'.repeat(98)}1]`, 100));
  assert.match(refusal(`[${'1,'.repeat(200)}1]`, 100).message, /more than 100 members and elements/);
  assert.match(refusal(`[${'{},'.repeat(200)}1]`, 100).message, /more than 100 members and elements/);
  const wide = (count: number): string => `[{${Array.from({ length: count }, (_, at) => `"${at}":0`).join()}}]`;
  assert.ok(read(wide(4_096), 10_000));
  assert.match(refusal(wide(4_097), 10_000).message, /more than 4096 members/);
  const text = `["${','.repeat(1_000)}"]`;
  assert.deepEqual(read(text, 10), [','.repeat(1_000)]);
});

test('what is not UTF-8 is refused, also where it would be repaired', () => {
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xe3, 0x81]]) {
    const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    assert.match(refusal(text).message, /UTF-8/);
  }
});

/** The minimum of several measurements in milliseconds, since noise only adds. */
function leastMs(work: () => void): number {
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const begun = performance.now();
    work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

test('time is linear in the size, whatever the body is made of', () => {
  const makers: Readonly<Record<string, (size: number) => string>> = {
    quotes: (size) => `["${'\\"'.repeat(size / 2)}"]`,
    backslashes: (size) => `["${'\\\\'.repeat(size / 2)}"]`,
    'short strings': (size) => `[${'"",'.repeat(size / 3)}""]`,
    'a string that does not end': (size) => `["${'\\"'.repeat(size / 2)}`,
    numbers: (size) => `[${'1,'.repeat(size / 2)}1]`,
    objects: (size) => `[${'{"a":1},'.repeat(size / 8)}1]`,
    'names of one object': (size) => `{${Array.from({ length: size / 10 }, (_, at) => `"n${at}":1`).join()}}`,
    'one long name': (size) => `{"${'n'.repeat(size)}":1}`,
    'long names that are escaped': (size) => `{"${'\\u006e'.repeat(size / 6)}":1}`,
    blanks: (size) => `[${' '.repeat(size)}]`,
    opened: (size) => '['.repeat(size),
    closed: (size) => ']'.repeat(size),
    'no JSON': (size) => '"'.repeat(size),
  };
  const attempt = (text: Buffer) => (): void => {
    try {
      readJson(text, 10_000_000);
    } catch (error) {
      assert.ok(error instanceof KumikiError);
    }
  };
  for (const [name, make] of Object.entries(makers)) {
    const small = leastMs(attempt(Buffer.from(make(65_536))));
    const large = leastMs(attempt(Buffer.from(make(1_048_576))));
    // 16 times the size; quadratic work would take 256 times as long.
    assert.ok(large < 100 * small + 100, `${name}: ${small} ms, then ${large} ms`);
  }
});

test('a compressed body is called compressed', () => {
  assert.throws(() => readJson(gzipSync('{}'), 10), /it is compressed by gzip, which is not taken here\./);
  assert.throws(() => readJson(Buffer.from([0xff]), 10), /it is not encoded as UTF-8\./);
});
