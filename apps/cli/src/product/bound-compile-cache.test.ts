import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { boundCompileCache } from './bound-compile-cache.ts';

test('a compile cache is kept within its bound, emptied beyond it, and may be absent', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-cache-'));
  try {
    mkdirSync(join(folder, 'v24'));
    for (const name of ['a', 'b']) writeFileSync(join(folder, 'v24', name), '');
    boundCompileCache(folder, 3);
    assert.ok(existsSync(join(folder, 'v24', 'a')));
    writeFileSync(join(folder, 'v24', 'c'), '');
    boundCompileCache(folder, 3);
    assert.ok(!existsSync(folder));
    boundCompileCache(folder, 3);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
