import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { test } from 'node:test';
import { createKeyBodySchema } from '@kumiki/api';
import { encodeState } from '@kumiki/service/folder';
import { accountsFolder } from '../folder/accounts-folder.ts';
import { openKeyRing } from './key-ring.ts';
import { openKeyStore } from './key-store.ts';
import { keyFile, maxKeys, type StoredKey } from './stored-key.ts';

/** About 10 ms on an idle machine; rewriting all keys for each change took 600 ms and more. */
const maxStallMs = 250;

function storedKey(number: number): StoredKey {
  const digest = createHash('sha256').update(String(number)).digest('hex');
  return {
    id: `key_${digest.slice(0, 18)}`,
    name: `key ${number}`,
    project: `project-${number}`,
    hash: digest,
    roles: ['inference'],
    models: ['chat', 'embedding'],
    limits: { requests_per_minute: 60, tokens_per_minute: null, max_concurrent: 4 },
    expiresAt: null,
    created: number,
    redacted: 'kmk_…',
  };
}

test('beside ten thousand keys another is made and revoked without a stall, and one more is refused', async () => {
  const home = accountsFolder(mkdtempSync(join(tmpdir(), 'kumiki-many-keys-')));
  try {
    mkdirSync(home.keys);
    const rounds = 10;
    for (let number = 0; number < maxKeys - rounds; number++) {
      const key = storedKey(number);
      writeFileSync(join(home.keys, `${key.id}.json`), encodeState(keyFile, key));
    }
    const ring = openKeyRing(home, openKeyStore(home), Buffer.alloc(32), () => maxKeys);
    assert.equal(ring.records().length, maxKeys - rounds);
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const body = createKeyBodySchema.parse({ name: 'one more' });
    for (let round = 0; round < rounds; round++) await ring.create(body);
    await assert.rejects(ring.create(body), /There are 10000 keys, which is the limit; revoke some first/);
    for (const { id } of ring.records().slice(-rounds)) assert.ok(await ring.revoke(id));
    delay.disable();
    assert.ok(delay.max / 1e6 < maxStallMs, `nobody else ran for ${delay.max / 1e6} ms`);
  } finally {
    rmSync(home.path, { recursive: true });
  }
});
