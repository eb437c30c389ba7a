import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { allPaths, makeApiKey, servicePaths, type KeyRecord } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { createKeyStore } from '../snapshot/key-store.ts';
import { createSessionStore } from '../snapshot/session-store.ts';
import { identifyCaller } from './identify-caller.ts';

const pepper = randomBytes(32);
const noLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
const record = { name: 'n', project: 'default', models: null, limits: noLimits, expiresAt: null };

test("a service's key reaches the paths of its service and no other, whoever it acts for", () => {
  for (const [name, paths] of Object.entries(servicePaths)) {
    const key = makeApiKey(randomBytes);
    const keys: KeyRecord[] = [
      { ...record, id: 'key_service', hash: createSecretHash(pepper)(key), roles: ['service'], paths },
      { ...record, id: 'key_user', hash: '0'.repeat(64), roles: ['inference', 'admin'] },
    ];
    const stores = { keys: createKeyStore(pepper, keys), sessions: createSessionStore(pepper, []) };
    const identities = { ...stores, isHttps: () => false };
    const ask = (method: string, url: string): unknown => {
      const headers = { authorization: `Bearer ${key}`, 'x-kumiki-act-for': 'key_user' };
      try {
        return identifyCaller(identities, { headers, method, url } as never, 1).key.id;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const known: readonly string[] = paths;
    for (const { method, pattern, sample } of allPaths) {
      const expected = known.includes(`${method} ${pattern}`) ? 'key_user' : 'permission_denied';
      assert.equal(ask(method, `${sample}?limit=1`), expected, `${name}: ${method} ${pattern}`);
    }
    assert.equal(ask('POST', '/v1/unheard/of'), 'permission_denied');
  }
});
