import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCliConfig } from '../../apps/cli/src/host/config.ts';
import { readConsoleConfig } from '../../apps/console/src/config.ts';
import { readConversationsConfig } from '../../apps/conversations/src/config.ts';
import { readGatewayConfig } from '../../apps/gateway/src/config.ts';
import { readSearchConfig } from '../../apps/search/src/config.ts';
import { readWorkerConfig } from '../../apps/worker/src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-settings-'));
const secret = join(folder, 'secret');
writeFileSync(secret, 'a-secret-of-many-characters');
const before = process.env;
after(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

const data = {
  KUMIKI_POSTGRES_URL: 'postgres://localhost/x',
  KUMIKI_GATEWAY_URL: 'http://localhost:1',
  KUMIKI_SERVICE_KEY_FILE: secret,
  KUMIKI_BACKEND_TOKEN_FILE: secret,
};

/** Every service with its required settings. */
const services: readonly (readonly [string, () => unknown, Readonly<Record<string, string>>])[] = [
  ['cli', readCliConfig, {}],
  ['console', readConsoleConfig, { KUMIKI_BACKEND_TOKEN_FILE: secret }],
  ['conversations', readConversationsConfig, data],
  ['gateway', readGatewayConfig, { KUMIKI_ROUTES_FILE: secret, KUMIKI_KEYS_FILE: secret, KUMIKI_PEPPER_FILE: secret }],
  ['search', readSearchConfig, data],
  [
    'worker',
    readWorkerConfig,
    { KUMIKI_MODEL_NAME: 'm', KUMIKI_MODEL_SOURCE: 'simulated:', KUMIKI_WORKER_TOKEN_FILE: secret },
  ],
];

for (const [name, read, needed] of services) {
  test(`${name} reads its settings beside what Kubernetes sets for Services, and refuses a misspelt one`, () => {
    process.env = { ...needed };
    const plain = read();
    const injected: Record<string, string> = {};
    for (const service of ['KUMIKI', 'KUMIKI_GATEWAY', 'KUMIKI_LISTEN', 'KUMIKI_WORKER']) {
      injected[`${service}_SERVICE_HOST`] = '10.96.0.17';
      injected[`${service}_SERVICE_PORT`] = '8420';
      injected[`${service}_PORT`] = 'tcp://10.96.0.17:8420';
      injected[`${service}_PORT_8420_TCP`] = 'tcp://10.96.0.17:8420';
      injected[`${service}_PORT_8420_TCP_ADDR`] = '10.96.0.17';
    }
    process.env = { ...needed, ...injected };
    assert.deepEqual(read(), plain);
    process.env = { ...needed, ...injected, KUMIKI_LISTN_PORT: '1' };
    assert.throws(read, /KUMIKI_LISTN_PORT is not a setting/);
  });
}
