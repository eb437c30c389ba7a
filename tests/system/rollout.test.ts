import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { accountsFolder, openAccounts } from '@kumiki/accounts';
import { modelServiceSchema, type ModelService } from '@kumiki/api';
import { startGateway } from '@kumiki/gateway';
import { holdHome, startLocalRuntime } from '@kumiki/local';
import { createLog } from '@kumiki/service';
import { readStream, streamAgent, type StreamRecord, until } from '@kumiki/testing';
import { workerEntry } from '@kumiki/worker';

const streams = 24;

function manifest(drainTimeoutMs: number, maxWaiting: number): ModelService {
  return modelServiceSchema.parse({
    apiVersion: 'kumiki.dev/v1alpha1',
    kind: 'ModelService',
    metadata: { name: 'words' },
    spec: {
      model: { source: 'simulated:' },
      engine: { kind: 'simulated', maxSequences: 64, maxWaiting, simulated: { interTokenLatencyMs: 10 } },
      replicas: 2,
      rollout: { drainTimeoutMs },
    },
  });
}

/** The local runtime and a gateway, connected as in `kumiki up`. */
async function startProduct(context: TestContext, service: ModelService) {
  const home = mkdtempSync(join(tmpdir(), 'kumiki-rollout-'));
  const log = createLog({ service: 'test', level: 'silent' });
  const runtime = await startLocalRuntime({
    home: await holdHome(home),
    workerEntry: fileURLToPath(workerEntry),
    version: '0.0.0',
    log,
    firstServices: [service],
  });
  const { accounts } = openAccounts(accountsFolder(home), () => Math.floor(Date.now() / 1_000));
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    pepper: accounts.pepper,
    routes: runtime.routes(),
    keys: [],
    log,
  });
  runtime.onRoutes(gateway.replaceRoutes);
  const apiKey = (await accounts.keys.adminKey()).key;
  gateway.replaceKeys(accounts.keys.records());
  const agent = streamAgent();
  context.after(async () => {
    agent.destroy();
    await gateway.close();
    await runtime.stop(0);
    rmSync(home, { recursive: true, force: true });
  });
  const isReady = (): boolean => runtime.status().services.every((one) => one.ready >= one.desired);
  await until('all replicas are ready', 20_000, isReady);
  const ask = (count: number): Promise<StreamRecord>[] =>
    Array.from({ length: count }, (_, at) =>
      readStream({
        port: gateway.port,
        apiKey,
        agent,
        body: {
          model: 'words',
          temperature: 0,
          max_tokens: 300,
          messages: [{ role: 'user', content: `Stream ${at} [[length=250]]` }],
        },
      }),
    );
  return { runtime, ask, isReady };
}

/** Rolls out a new revision during streams, and compares their text with a run without a rollout. */
async function rollUnderStreams(context: TestContext, drainTimeoutMs: number): Promise<void> {
  const { runtime, ask, isReady } = await startProduct(context, manifest(drainTimeoutMs, 100));
  const undisturbed = await Promise.all(ask(streams));
  const pids = () => runtime.status().services[0]?.replicas.map((replica) => replica.pid) ?? [];
  const before = pids();
  const running = ask(streams);
  const load = (): number =>
    runtime.status().services[0]?.replicas.reduce((sum, replica) => sum + (replica.running ?? 0), 0) ?? 0;
  await until('the streams run', 10_000, () => load() > 0);
  await runtime.apply([manifest(drainTimeoutMs, 101)], null);
  const records = await Promise.all(running);
  assert.deepEqual(
    records.map(({ status, done, fault, identities, roleDeltas }) => [
      status,
      done,
      fault,
      identities.length,
      roleDeltas,
    ]),
    records.map(() => [200, true, null, 1, 1]),
  );
  assert.deepEqual(
    records.map((record) => record.text),
    undisturbed.map((record) => record.text),
  );
  await until(
    'every replica is of the new revision',
    30_000,
    () => isReady() && pids().every((pid) => !before.includes(pid)),
  );
}

test('streams that run through a rollout come to their end at the old replicas', async (context) => {
  await rollUnderStreams(context, 20_000);
});

test('streams that a rollout cannot wait for are moved to the new revision, and nothing of them is lost', async (context) => {
  await rollUnderStreams(context, 300);
});
