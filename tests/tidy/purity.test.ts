import assert from 'node:assert/strict';
import { basename } from 'node:path/posix';
import { test } from 'node:test';
import { isProduct, lineAt, read, sourceFiles } from '../repository/source-files.ts';
import { bareCode } from './bare-code.ts';

/** A file whose name begins with one of these verbs decides. */
const decidingName = /^(?:plan|decide|choose|score|judge)(?:-[a-z0-9-]+)?\.tsx?$/;

const deciding = sourceFiles.filter(
  (path) => isProduct(path) && (decidingName.test(basename(path)) || path.startsWith('packages/policy/')),
);

/** What pure code must not use: clocks, randomness, waiting, I/O. */
const forbidden =
  /\b(?:await|async|Date|Math\.random|performance|setTimeout|setInterval|setImmediate|queueMicrotask|process|globalThis|crypto|fetch|console)\b/g;

/** Every forbidden use in a text of code, as `line word`. */
function impurities(source: string): string[] {
  const code = bareCode(source, { keepStrings: false });
  const found = [...code.matchAll(forbidden)]
    // Properties and keys of that name are allowed: `request.process`, `{ crypto: 1 }`.
    .filter(({ 0: word, index }) => code[index - 1] !== '.' && !/^\s*\??:/.test(code.slice(index + word.length)))
    .map(({ 0: word, index }) => `${lineAt(code, index)} ${word}`);
  const nodeImport = bareCode(source, { keepStrings: true }).search(/['"]node:/);
  return nodeImport < 0 ? found : [...found, `${lineAt(source, nodeImport)} node:`];
}

test('the search for impurities finds them and spares comments, strings and properties', () => {
  assert.deepEqual(impurities("const at = Date.now(); // Date\nconst b = 'await';\nimport 'node:fs';"), [
    '1 Date',
    '3 node:',
  ]);
  assert.deepEqual(impurities('state.process; const a = { fetch: 1 }; Math.max(1, 2);'), []);
  assert.deepEqual(impurities('async () => await x(`${performance.now()}`)'), ['1 async', '1 await', '1 performance']);
});

test('what decides has no await, no clock, no randomness and no Node module', () => {
  assert.ok(deciding.length > 0);
  assert.deepEqual(
    deciding.flatMap((path) => impurities(read(path)).map((found) => `${path}:${found}`)),
    [],
  );
});
