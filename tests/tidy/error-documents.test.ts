import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ErrorCode, errorTable } from '@kumiki/api';
import { read } from '../repository/source-files.ts';

/** docs/errors.md by code: the text of each `## \`code\`` section. */
function sections(): Map<string, string> {
  const found = new Map<string, string>();
  for (const part of read('docs/errors.md').split(/^## /m).slice(1)) {
    const end = part.indexOf('\n');
    found.set(part.slice(0, end).replaceAll('`', '').trim(), part.slice(end + 1));
  }
  return found;
}

test('docs/errors.md has one section for each error code, in the order of the table', () => {
  assert.deepEqual([...sections().keys()], Object.keys(errorTable));
});

test('each section states the status, type and retry rule of the table, the message, when it happens and what to do', () => {
  for (const [code, text] of sections()) {
    const row = errorTable[code as ErrorCode];
    const facts = `Status ${row.status} · type \`${row.type}\` · ${row.retryable ? 'may be retried' : 'do not retry'}`;
    assert.ok(text.includes(facts), `${code}: the facts should read "${facts}"`);
    assert.ok(text.includes(`> ${row.message}\n`), `${code}: the message should be quoted as it is in the table`);
    assert.match(text, /^\*\*When\.\*\* \S/m, `${code} says when it happens`);
    assert.match(text, /^\*\*What to do\.\*\* \S/m, `${code} says what to do`);
  }
});
