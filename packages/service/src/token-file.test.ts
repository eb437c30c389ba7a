import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigError } from './config.ts';
import { readToken } from './token-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-token-'));
after(() => rmSync(folder, { recursive: true }));

function tokenOf(text: string): string {
  const path = join(folder, 'token');
  writeFileSync(path, text);
  return readToken('KUMIKI_X_FILE', path);
}

test('a token is read without the line end after it', () => {
  assert.equal(tokenOf('0123456789abcdef\n'), '0123456789abcdef');
});

test('what is too short, has blanks or is not there is refused, and what it held is not told', () => {
  for (const text of ['', '\n', '0123456789abcde', '0123456789 abcdef', '0123456789abcdéf']) {
    assert.throws(
      () => tokenOf(text),
      (error: Error) =>
        error instanceof ConfigError &&
        error.message.startsWith('KUMIKI_X_FILE: must lead to at least 16 ') &&
        !error.message.includes('0123456789'),
    );
  }
  assert.throws(() => readToken('KUMIKI_X_FILE', join(folder, 'absent')), /KUMIKI_X_FILE: cannot be read: ENOENT/);
});
