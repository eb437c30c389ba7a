import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { startModelCluster } from '@kumiki/kube/testing';
import { createLog } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { modelServiceObject, podObject, tokenSecretObject } from './discovery/testing/cluster-objects.ts';
import type * as opening from './open-snapshots.ts';
import { createSnapshotHealth } from './snapshot/snapshot-health.ts';
import { startGateway } from './start-gateway.ts';

const limitMs = 20_000;
const log = createLog({ service: 'test', level: 'silent' });
const backend = { prefix: '/v1/files', urls: [], authorization: null, role: 'inference' };

function writeFiles(context: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-snapshots-'));
  // A write of the kept file may still be under way.
  context.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const write = (name: string, value: unknown): string => {
    writeFileSync(join(folder, name), JSON.stringify(value));
    return join(folder, name);
  };
  return {
    write,
    folder,
    sources: {
      kind: 'files' as const,
      routes: write('routes.json', { models: [], backends: [backend] }),
      keys: write('keys.json', []),
      sessions: undefined,
      projectLimits: undefined,
    },
  };
}

/** The modules that are asked for while something runs. */
async function modulesOf(run: () => Promise<unknown>): Promise<string[]> {
  const seen: string[] = [];
  const hooks = registerHooks({
    resolve(specifier, hookContext, next) {
      const found = next(specifier, hookContext);
      seen.push(found.url);
      return found;
    },
  });
  await run();
  hooks.deregister();
  return seen;
}

test('a gateway of one machine loads nothing of Kubernetes', async (context) => {
  const { sources } = writeFiles(context);
  const health = createSnapshotHealth(() => performance.now(), 0);
  const modules = await modulesOf(async () => {
    // A query makes modules of their own, which are resolved while the hooks are there.
    const { openSnapshots } = (await import(
      `${import.meta.dirname}/open-snapshots.ts?of-one-machine`
    )) as typeof opening;
    const snapshots = await openSnapshots(sources, null, health, log);
    snapshots.close();
  });
  assert.ok(
    modules.some((url) => url.includes('watch-snapshots.ts')),
    'modules are seen',
  );
  assert.deepEqual(
    modules.filter((url) => /packages\/kube\/|src\/discovery\/|@kumiki\/kube/.test(url)),
    [],
  );
});

test('a gateway on Kubernetes has the models of its cluster and the backends of its file, each change at once', async (context) => {
  const { write, folder, sources } = writeFiles(context);
  const cluster = await startModelCluster(Math.random);
  context.after(() => cluster.close());
  cluster.of('modelservices').putObject(modelServiceObject('chat'));
  cluster.of('secrets').putObject(tokenSecretObject('chat'));
  cluster.of('pods').putObject(podObject('chat-1', 'chat'));
  const kubeconfig = write('kubeconfig', {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: cluster.access.server } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  });
  const { openSnapshots } = await import('./open-snapshots.ts');
  const health = createSnapshotHealth(() => performance.now(), 0);
  const source = { namespaces: ['test'], keptFile: join(folder, 'kept.json'), environment: { KUBECONFIG: kubeconfig } };
  const snapshots = await openSnapshots(sources, source, health, log);
  context.after(() => snapshots.close());
  const { routes } = snapshots.initial;
  assert.deepEqual([routes.models[0]?.model, routes.backends.length], ['chat', 1]);
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    pepper: new Uint8Array(32),
    ...snapshots.initial,
    log,
    snapshots: health,
  });
  context.after(() => gateway.close());
  snapshots.tell(gateway);
  const metrics = async (): Promise<string> => (await fetch(`http://127.0.0.1:${gateway.opsPort}/metrics`)).text();
  assert.match(await metrics(), /kumiki_gateway_snapshot_age_seconds\{snapshot="cluster"\} \d/);
  cluster.of('pods').putObject(podObject('chat-2', 'chat', { deleting: true }));
  await until('the gateway has it', limitMs, async () =>
    /kumiki_gateway_endpoints\{model="chat",state="draining"\} 1/.test(await metrics()),
  );
});
