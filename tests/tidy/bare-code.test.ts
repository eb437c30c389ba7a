import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareCode } from './bare-code.ts';

/** The bare code with runs of blanks collapsed, after checking that positions are unchanged. */
function bare(source: string, keepStrings = false): string {
  const code = bareCode(source, { keepStrings });
  assert.equal(code.length, source.length);
  assert.equal(code.split('\n').length, source.split('\n').length);
  return code.replaceAll(/\s+/g, ' ').trimEnd();
}

test('comments and strings are blanked, code and line breaks stay in their places', () => {
  assert.equal(bare("a // b\nc /* d\n e */ f 'g\\'h' i"), "a c f ' ' i");
  assert.equal(bare('"//" /* " */ a'), '" " a');
  assert.equal(bare("a 'b' // c", true), "a 'b'");
});

test('a template keeps the code in its holes, however deep', () => {
  assert.equal(bare('`a${b({c: `d${e}f`})}g` + h'), '` {b({c: ` {e} `})} ` + h');
  assert.equal(bare('`a\\`b` c'), '` ` c');
});

test('a regular expression with quotes is no string, and a division is no regular expression', () => {
  assert.equal(bare('x.replace(/[\'"/]/g, y) // z'), 'x.replace(/ /g, y)');
  assert.equal(bare("a / b / c + 'd'"), "a / b / c + ' '");
  assert.equal(bare('if (a) return /`/;'), 'if (a) return / /;');
});
