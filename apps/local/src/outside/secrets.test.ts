import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServiceStatus } from '@kumiki/api';
import { openSecretStore } from '../home/secret-store.ts';
import { fakeService, type FakeRuntime, startFakeRuntime } from '../testing/fake-runtime.ts';

const vendor = (key?: string) =>
  fakeService('vendor', 'behaves', {
    model: { source: 'https://8.8.8.8/v1/' },
    engine: { kind: 'openai', apiKeyFrom: { secretKeyRef: { name: 'vendor', ...(key === undefined ? {} : { key }) } } },
  });

const authorizations = ({ runtime }: FakeRuntime) =>
  runtime.routes().models.flatMap(({ endpoints }) => endpoints.map(({ authorization }) => authorization));

const condition = (service: ServiceStatus, type: string) => service.conditions.find((one) => one.type === type);

test('a service that names a secret nobody registered is refused, and told what to register', async () => {
  await using fake = await startFakeRuntime([]);
  await assert.rejects(
    fake.runtime.apply([vendor()], null),
    /^KumikiError: There is no secret 'vendor' here\. The operator of this machine can register it with 'kumiki secret set vendor'\.$/,
  );
  await assert.rejects(fake.runtime.apply([vendor('token')], null), /'kumiki secret set vendor --key token'/);
  assert.deepEqual(fake.runtime.routes().models, []);
});

test('a secret that is set again, deleted or registered later counts without a restart', async () => {
  await using fake = await startFakeRuntime([]);
  const { runtime } = fake;
  const secrets = openSecretStore(runtime.home.secrets);
  const secret = { name: 'vendor', key: 'api-key' };
  secrets.set(secret, 'sk-first', 1);
  await runtime.apply([vendor()], null);
  const { revision } = runtime.service('vendor');
  assert.deepEqual(authorizations(fake), ['Bearer sk-first']);
  secrets.set(secret, 'sk-second', 2);
  await fake.until('the second is sent', () => authorizations(fake)[0] === 'Bearer sk-second');
  secrets.delete('vendor', null);
  await fake.until('nothing is sent without a key', () => authorizations(fake).length === 0);
  const service = runtime.service('vendor');
  assert.deepEqual([service.ready, condition(service, 'Ready')?.status], [0, 'False']);
  assert.match(
    condition(service, 'Degraded')?.message ?? '',
    /There is no secret 'vendor' here\. .*'kumiki secret set vendor'\.$/,
  );
  secrets.set(secret, 'sk-third', 3);
  await fake.until('it serves again', () => authorizations(fake)[0] === 'Bearer sk-third');
  assert.deepEqual([runtime.service('vendor').ready, runtime.service('vendor').revision], [1, revision]);
});

test('a secret is in no answer of the API, no manifest and no file but its own', async () => {
  await using fake = await startFakeRuntime([]);
  const { runtime } = fake;
  const secrets = openSecretStore(runtime.home.secrets);
  secrets.set({ name: 'vendor', key: 'api-key' }, 'sk-very-secret', 1);
  await runtime.apply([vendor()], null);
  assert.ok(!JSON.stringify([runtime.status(), runtime.service('vendor'), runtime.changes]).includes('very-secret'));
  const holders = readdirSync(runtime.home.path, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => readFileSync(path).includes('very-secret'));
  assert.deepEqual(holders, [secrets.pathOf({ name: 'vendor', key: 'api-key' })]);
});
