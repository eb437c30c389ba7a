import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { modelServiceSchema } from '@kumiki/api';
import { holdHome, startLocalRuntime } from '@kumiki/local';
import { createLog } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { workerEntry } from '@kumiki/worker';

const service = modelServiceSchema.parse({
  apiVersion: 'kumiki.dev/v1alpha1',
  kind: 'ModelService',
  metadata: { name: 'words' },
  spec: { model: { source: 'simulated:' }, engine: { kind: 'simulated' } },
});

test('a replica wants its token, which nobody can read from its process or from the state folder', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'kumiki-token-'));
  const log = createLog({ service: 'test', level: 'silent' });
  const runtime = await startLocalRuntime({
    home: await holdHome(home),
    workerEntry: fileURLToPath(workerEntry),
    version: '0.0.0',
    log,
    firstServices: [service],
  });
  context.after(async () => {
    await runtime.stop(0);
    rmSync(home, { recursive: true, force: true });
  });
  await until('the replica serves', 20_000, () => runtime.service('words').ready === 1);
  const endpoint = runtime.routes().models.find(({ model }) => model === 'words')?.endpoints[0];
  const pid = runtime.service('words').replicas[0]?.pid;
  assert.ok(typeof endpoint?.authorization === 'string' && typeof pid === 'number');
  const { authorization, url } = endpoint;
  const statusWith = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fetch(`${url}/v1/models`, { headers })).status;
  assert.deepEqual([await statusWith({}), await statusWith({ authorization })], [401, 200]);

  const token = authorization.replace('Bearer ', '');
  assert.ok(token.length >= 16);
  if (process.platform === 'linux') {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    assert.match(environment, /KUMIKI_MODEL_NAME=words/, 'it is the environment of a worker');
    assert.ok(!environment.includes(token));
    assert.ok(!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(token));
  }
  const holders = readdirSync(home, { recursive: true, encoding: 'utf8' })
    .map((name) => join(home, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).includes(token));
  assert.deepEqual(holders, []);
});
