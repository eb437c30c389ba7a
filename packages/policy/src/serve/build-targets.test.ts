import assert from 'node:assert/strict';
import { test } from 'node:test';
import { engineSchema } from '@kumiki/api';
import { buildProcessTargets, type FoundModel } from './build-process-targets.ts';
import { manifestOf, processTargetOf, servedOf, sha256 } from './testing/served.ts';

const targetOf = (...given: Parameters<typeof servedOf>) => processTargetOf(servedOf(...given));

test('the revision names what is loaded, not how often or for how long', () => {
  const { revision } = targetOf('shop');
  const same = [
    targetOf('shop', { replicas: 5 }),
    targetOf('shop', { deadlines: { totalMs: 1 }, rollout: { drainTimeoutMs: 1 } }),
    targetOf('shop', { model: { source: 'simulated:', aliases: ['x'] } }),
  ];
  for (const target of same) assert.equal(target.revision, revision);
  const others = [
    targetOf('shop', { engine: { kind: 'simulated', maxSequences: 3 } }),
    targetOf('shop', { task: 'embedding' }),
    targetOf('shop', { model: { source: 'simulated:', name: 'other' } }),
    targetOf('shop', {}, { 'kumiki.dev/restarted-at': 'now' }),
    targetOf('shop', {}, { 'kumiki.dev/simulated-faults': 'allowed' }),
  ];
  assert.equal(new Set([revision, ...others.map((target) => target.revision)]).size, 6);
});

test('a laptop and a cluster name a revision alike: the first digits of the digest of what is loaded', () => {
  const parts = ['shop', '/models/a.gguf', '12 34', 'chat', engineSchema.parse({ kind: 'llama' }), false, ''];
  const found: FoundModel = { source: '/models/a.gguf', fileBytes: 3, identity: '12 34', nameInFolder: null };
  const service = manifestOf('shop', { model: { source: '/models/a.gguf' } });
  const context = { created: 1, digest: sha256 };
  const resolution = buildProcessTargets(service, engineSchema.parse({ kind: 'llama' }), [found], context);
  assert.ok(resolution.ok);
  assert.equal(resolution.targets[0]?.revision, sha256(JSON.stringify(parts)).slice(0, 8));
});

test("a given deadline stands, and a worker's stall limit follows from it", () => {
  const target = targetOf('shop', { deadlines: { betweenTokensMs: 500 } });
  assert.equal(target.deadlines.betweenTokensMs, 500);
  assert.equal(target.deadlines.headersMs, 4_000);
  assert.equal(target.launch.stallMs, 2_000);
});

test('each model of a folder is named for its file, so a name for all of them is refused', () => {
  const found = ['a', 'b'].map((name): FoundModel => ({
    source: `/m/${name}.gguf`,
    fileBytes: 1,
    identity: '',
    nameInFolder: name,
  }));
  const build = (name?: string) =>
    buildProcessTargets(
      manifestOf('shop', { model: { source: '/m', ...(name === undefined ? {} : { name }) } }),
      engineSchema.parse({ kind: 'llama' }),
      found,
      { created: 1, digest: sha256 },
    );
  const resolution = build();
  assert.deepEqual(resolution.ok && resolution.targets.map(({ model, key }) => [model, key]), [
    ['a', 'shop/a'],
    ['b', 'shop/b'],
  ]);
  const refused = build('one');
  assert.ok(!refused.ok);
  assert.match(refused.reason, /in a folder each model is named for its file/);
});

test('a remote server is known by its base, its deadlines are longer, and its key is the name of a secret', () => {
  const engine = { kind: 'openai', apiKeyFrom: { secretKeyRef: { name: 'shop' } } } as const;
  const { resolution } = servedOf('shop', { model: { source: 'https://models.example/v1' }, engine });
  const [target] = resolution.ok ? resolution.targets : [];
  assert.ok(target?.kind === 'remote');
  assert.deepEqual(target.apiKey, { name: 'shop', key: 'api-key' });
  assert.deepEqual(target.urls, ['https://models.example']);
  assert.equal(target.deadlines.headersMs, 120_000);
});

test('a URL that could hold a secret is refused without it', () => {
  const endpoints = ['https://me:secret@models.example/v1'];
  const model = { source: 'https://models.example/v1' };
  const { resolution } = servedOf('shop', { model, engine: { kind: 'openai', endpoints } });
  assert.ok(!resolution.ok);
  assert.match(resolution.reason, /'models\.example\/v1' is no URL of a server/);
  assert.doesNotMatch(resolution.reason, /secret/);
});
