import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { projectNameSchema, readProjectName, writeProjectName } from './project-name.ts';

test('every name that a project may have comes out of the header as it went in, in ASCII', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
      fc.pre(projectNameSchema.safeParse(name).success);
      const header = writeProjectName(name);
      assert.match(header, /^[\x21-\x7e]+$/);
      assert.equal(readProjectName(header), name);
    }),
  );
  assert.equal(readProjectName(writeProjectName('営業部 / 50 %')), '営業部 / 50 %');
});

test('what would be another project after the way through a header, or would be obeyed by a terminal, is no name', () => {
  for (const name of ['', ' ', 'default ', '\tdefault', 'a\u0000b', '\u001b[31mred', '\ud800', 'a\nb', 'a\u2028b']) {
    assert.equal(projectNameSchema.safeParse(name).success, false, JSON.stringify(name));
  }
});

test('a header that is broken names nobody', () => {
  assert.equal(readProjectName('%zz'), '');
});
