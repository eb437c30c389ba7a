import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultProjectLimits } from '@kumiki/api';
import { openLimitsRing } from './limits-ring.ts';

test('what is set counts, is told, and is there again after a restart; null takes it back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-limits-'));
  try {
    const path = join(folder, 'limits.json');
    const ring = openLimitsRing(path);
    const told: unknown[] = [];
    ring.onChange((records) => told.push(records));
    await ring.set('books', { files: 3, file_bytes: 1_000 });
    await ring.set('books', { file_bytes: null, conversations: 0 });
    const limits = { ...defaultProjectLimits, files: 3, conversations: 0 };
    assert.deepEqual(ring.of('books'), { limits, own: ['files', 'conversations'] });
    assert.deepEqual(ring.of('others'), { limits: defaultProjectLimits, own: [] });
    assert.deepEqual(told.at(-1), [{ project: 'books', limits }]);
    assert.deepEqual(openLimitsRing(path).snapshot(), [{ project: 'books', limits }]);
    await ring.set('books', { files: null, conversations: null });
    assert.deepEqual([ring.projects(), openLimitsRing(path).snapshot()], [[], []]);
    writeFileSync(path, '[{');
    assert.throws(() => openLimitsRing(path), /limits\.json cannot be used \(it is not whole JSON\)/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
