import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAtDirectionMarks, decodeEntities, safeImage, safeLink } from './safe-url.ts';

test('links lead to the web and to mail alone', () => {
  assert.equal(safeLink('https://example.com/a?b=1'), 'https://example.com/a?b=1');
  assert.equal(safeLink('mailto:a@example.com'), 'mailto:a@example.com');
  const bad = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    '&#106;avascript:alert(1)',
    ' javascript:x',
    'java\tscript:x',
    'data:text/html,x',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:x',
    '/relative',
    '//example.com',
    '#id',
  ];
  for (const href of bad) assert.equal(safeLink(href), null, href);
});

test('images are shown that stand in the answer, of kinds that hold no script', () => {
  assert.notEqual(safeImage('data:image/png;base64,iVBORw0KGgo='), null);
  for (const source of [
    'https://example.com/a.png',
    'data:image/svg+xml;base64,PHN2Zz4=',
    'data:text/html;base64,PGI+',
    'data:image/png,raw',
    'blob:x',
  ]) {
    assert.equal(safeImage(source), null, source);
  }
});

test('named characters become text', () => {
  assert.equal(decodeEntities('a &lt;b&gt; &amp;amp; &#x65E5;&#26412; &nope; &#0;'), 'a <b> &amp; 日本 &nope; &#0;');
});

test('characters that turn the direction are cut out to be shown', () => {
  assert.deepEqual(cutAtDirectionMarks('a\u202Eb'), ['a', '\u202E', 'b']);
  assert.deepEqual(cutAtDirectionMarks('日本語'), ['日本語']);
});
