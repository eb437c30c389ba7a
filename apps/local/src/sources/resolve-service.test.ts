import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModelServiceInput, modelServiceSchema } from '@kumiki/api';
import { resolveService } from './resolve-service.ts';
import { withAbsolutePaths } from './source-kind.ts';
import type { Target } from './target.ts';

function service(spec: ModelServiceInput['spec'], annotations: Record<string, string> = {}) {
  return modelServiceSchema.parse({
    apiVersion: 'kumiki.dev/v1alpha1',
    kind: 'ModelService',
    metadata: { name: 'shop', annotations },
    spec,
  });
}

async function targetOf(...args: Parameters<typeof service>): Promise<Target> {
  const resolution = await resolveService(service(...args), 7, '', async () => null);
  assert.ok(resolution.ok && resolution.targets[0] !== undefined);
  return resolution.targets[0];
}

test('the revision names what is loaded, not how often or for how long', async () => {
  const source = 'simulated:';
  const { revision } = await targetOf({ model: { source } });
  const same = [
    await targetOf({ model: { source }, replicas: 5 }),
    await targetOf({ model: { source }, deadlines: { totalMs: 1 }, rollout: { drainTimeoutMs: 1 } }),
    await targetOf({ model: { source, aliases: ['x'] } }),
  ];
  for (const target of same) assert.equal(target.revision, revision);
  const others = [
    await targetOf({ model: { source }, engine: { kind: 'simulated', maxSequences: 3 } }),
    await targetOf({ model: { source }, task: 'embedding' }),
    await targetOf({ model: { source, name: 'other' } }),
    await targetOf({ model: { source } }, { 'kumiki.dev/restarted-at': 'now' }),
  ];
  assert.equal(new Set([revision, ...others.map((target) => target.revision)]).size, 5);
});

test("a given deadline stands, and a worker's stall limit follows from it", async () => {
  const target = await targetOf({ model: { source: 'simulated:' }, deadlines: { betweenTokensMs: 500 } });
  assert.ok(target.kind === 'process');
  assert.equal(target.deadlines.betweenTokensMs, 500);
  assert.equal(target.deadlines.headersMs, 4_000);
  assert.equal(target.launch.stallMs, 2_000);
});

test('a remote server is known by its base, and its key by the name of the secret', async () => {
  const engine = { kind: 'openai', apiKeyFrom: { secretKeyRef: { name: 'shop' } } } as const;
  const target = await targetOf({ model: { source: 'https://models.example/v1' }, engine });
  assert.ok(target.kind === 'remote');
  assert.deepEqual(target.apiKey, { name: 'shop', key: 'api-key' });
  assert.deepEqual(target.urls, ['https://models.example']);
});

test('relative paths count from the folder of the manifest', () => {
  const model = (source: string) => withAbsolutePaths(service({ model: { source } }), '/models').spec.model.source;
  assert.equal(model('./a.gguf'), '/models/a.gguf');
  assert.equal(model('../b'), '/b');
  assert.equal(model('/c.gguf'), '/c.gguf');
  for (const source of ['demo:chat', 'simulated:', 'http://host:1/v1']) assert.equal(model(source), source);
});
