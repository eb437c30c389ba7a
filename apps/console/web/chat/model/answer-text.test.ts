import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastCodeBlock } from './answer-text.ts';

test('the last code block that is closed is found, by fences of either kind', () => {
  assert.equal(lastCodeBlock('a\n```sh\nls\n```\nb\n~~~\none\n\ntwo\n~~~\nend'), 'one\n\ntwo');
  assert.equal(lastCodeBlock('````md\n```\nx\n```\n````'), '```\nx\n```');
  assert.equal(lastCodeBlock('```\n```'), '');
  assert.equal(lastCodeBlock('```\nopen'), null);
  assert.equal(lastCodeBlock('no code'), null);
});

test('a text that opens very many blocks is read once', () => {
  const before = process.cpuUsage();
  lastCodeBlock('```a\n'.repeat(200_000));
  assert.ok(process.cpuUsage(before).user < 2_000_000);
});
