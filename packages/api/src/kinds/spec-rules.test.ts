import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modelServiceSpecSchema } from './model-service.ts';
import { sourceKind } from './model-source.ts';
import { judgePlace } from './spec-rules.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const container = { kind: 'container', image: 'vllm/vllm-openai:v1' };

/** What is said of a spec, as `path: message`. */
function saidOf(spec: object): string[] {
  const result = modelServiceSpecSchema.safeParse(spec);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('the form of a source tells its kind', () => {
  const kinds = Object.fromEntries(
    [
      'demo:chat',
      'simulated:',
      './a.gguf',
      'pvc://c/a.gguf',
      'oci://r/n:1#a.gguf',
      'hf://o/n',
      'container:',
      'HTTP://h',
    ]
      .map((source) => [source, sourceKind({ source })] as const)
      .concat([['with a digest', sourceKind({ source: 'https://h/a.gguf', digest })]]),
  );
  assert.deepEqual(Object.values(kinds), [
    'demo',
    'simulated',
    'path',
    'claim',
    'image',
    'hub',
    'contained',
    'remote',
    'download',
  ]);
});

test('every source is taken with each engine that serves it', () => {
  for (const spec of [
    { model: { source: 'demo:chat' } },
    { model: { source: 'simulated:' }, engine: { kind: 'simulated' } },
    { model: { source: 'pvc://models/chat/a.gguf' } },
    { model: { source: 'pvc://models/chat' }, engine: container },
    { model: { source: 'oci://ghcr.io/acme/model:1#a.gguf' }, engine: { kind: 'llama' } },
    { model: { source: 'https://files.example/a.gguf', digest } },
    { model: { source: 'hf://org/name' }, engine: container },
    { model: { source: 'container:' }, engine: container },
    { model: { source: 'https://models.example/v1' }, engine: { kind: 'openai' } },
  ])
    assert.deepEqual(saidOf(spec), [], JSON.stringify(spec));
});

test('what does not go together is said of the field that is to be changed', () => {
  assert.deepEqual(saidOf({ model: { source: 'demo:chat' }, engine: container }), [
    "engine.kind: 'container' cannot serve the source 'demo:chat'; write 'llama', or leave spec.engine out",
  ]);
  assert.deepEqual(saidOf({ model: { source: 'hf://org/name' } }), [
    "engine: is missing: the source 'hf://org/name' is loaded by a container; write 'kind: container' and its image",
  ]);
  assert.deepEqual(saidOf({ model: { source: 'demo:chat', digest } }), [
    "model.digest: is checked of a file that is downloaded, and the source 'demo:chat' is none; leave it out",
  ]);
  assert.deepEqual(saidOf({ model: { source: 'pvc://models/chat' } }), [
    "model.source: 'pvc://models/chat' names no GGUF file, which llama.cpp reads; end it with /NAME.gguf",
  ]);
});

test('a URL that could hold a secret is refused without it', () => {
  const said = saidOf({ model: { source: 'https://me:secret@models.example/v1' } });
  assert.deepEqual(said, ['model.source: must have a host and a path, without a user name, a query or a fragment']);
});

test('what only Kubernetes or only one machine can serve is refused elsewhere, with what would work', () => {
  const path = { model: { source: '/models/a.gguf' } };
  assert.equal(judgePlace(path, 'machine'), null);
  assert.match(
    judgePlace(path, 'kubernetes') ?? '',
    /^spec\.model\.source: '\/models\/a\.gguf' is a path of one machine/,
  );
  const image = { model: { source: 'container:' }, engine: container };
  assert.equal(judgePlace(image, 'kubernetes'), null);
  assert.match(
    judgePlace(image, 'machine') ?? '',
    /^spec\.engine\.kind: 'container' runs an image, which takes Kubernetes/,
  );
  assert.match(judgePlace({ model: { source: 'pvc://c/a.gguf' } }, 'machine') ?? '', /is read by pods/);
});
