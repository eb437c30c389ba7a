import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { manifestLimits } from './limits.ts';
import { formatProblem } from './problem.ts';
import { readManifests } from './read-manifests.ts';
import { listManifests, writeManifests } from './write-manifest.ts';

const good = `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: shop
spec:
  model:
    source: ./shop.gguf
`;

function problemsOf(...texts: string[]): string[] {
  const result = readManifests(texts.map((text, at) => ({ file: at === 0 ? 'shop.yaml' : `shop-${at}.yaml`, text })));
  return result.ok ? [] : result.problems.map(formatProblem);
}

/** The good manifest with its `spec` replaced. */
function withSpec(spec: string): string {
  return `${good.slice(0, good.indexOf('spec:'))}spec:\n${spec}`;
}

test('a manifest is read with every default filled in, from YAML and from JSON', () => {
  const result = readManifests([{ file: 'shop.yaml', text: good }]);
  assert.ok(result.ok);
  const [located] = result.services;
  assert.equal(located?.line, 4);
  assert.deepEqual(located?.service.spec, {
    task: 'chat',
    model: { aliases: [], source: './shop.gguf' },
    replicas: 1,
    deadlines: { connectMs: 1_000, firstTokenMs: 120_000, totalMs: 3_600_000 },
    rollout: { startTimeoutMs: 120_000, drainTimeoutMs: 30_000 },
  });
  const json = readManifests([{ file: 'shop.json', text: JSON.stringify(located.service) }]);
  assert.deepEqual(json.ok && json.services[0]?.service, located.service);
});

test('a List, as kubectl and kumiki print several objects, is read as its objects', () => {
  const two = readManifests([{ file: 'a.yaml', text: `${good}---\n${good.replace('shop', 'desk')}` }]);
  assert.ok(two.ok);
  const services = two.services.map(({ service }) => service);
  const text = JSON.stringify(listManifests(services), null, 2);
  const read = readManifests([{ file: 'list.json', text }]);
  assert.deepEqual(read.ok && read.services.map(({ service }) => service), services);
  assert.deepEqual(problemsOf(text.replace('"replicas": 1', '"replicas": -1')), [
    'shop.yaml:17:21: items[0].spec.replicas: must be at least 0, not -1.',
  ]);
  assert.deepEqual(problemsOf(JSON.stringify(listManifests([]))), [
    "shop.yaml:1:1: holds no object. Write one that begins with 'apiVersion: kumiki.dev/v1alpha1'.",
  ]);
  assert.match(problemsOf('kind: List\nitems: 3\n')[0] ?? '', /unknown kind 'List'/);
  assert.match(problemsOf('kind: List\nitems: [3]\n')[0] ?? '', /items\[0\]: must be a map of fields, not 3/);
});

test('an unknown field is reported at its line with the field that was meant', () => {
  assert.deepEqual(problemsOf(withSpec('  model:\n    source: x\n  replcias: 3\n')), [
    "shop.yaml:8:3: spec.replcias: unknown field. Did you mean 'replicas'?",
  ]);
  assert.deepEqual(problemsOf(withSpec('  model: {source: x}\n  engine: {kind: llama, endpoints: []}\n')), [
    'shop.yaml:7:25: spec.engine.endpoints: unknown field. Known here: kind, contextTokens, maxSequences, maxWaiting, threads, gpuLayers.',
  ]);
});

test('every problem of a file is reported at once, in all of its documents', () => {
  const text = `${withSpec('  model: {source: 3}\n  replicas: 1.5\n  engine: {kind: lama}\n')}---\nkind: ModelServce\n---\n${good.replace('shop', 'Shop_1')}`;
  assert.deepEqual(problemsOf(text), [
    'shop.yaml:6:19: spec.model.source: must be a text, not 3. Put it in quotes.',
    'shop.yaml:7:13: spec.replicas: must be a whole number, not 1.5.',
    "shop.yaml:8:18: spec.engine.kind: must be 'llama', 'simulated', 'openai' or 'container', not 'lama'. Did you mean 'llama'?",
    "shop.yaml:10:7: kind: unknown kind 'ModelServce'. Did you mean 'ModelService'?",
    "shop.yaml:15:9: metadata.name: must be lower-case letters, digits and hyphens, starting and ending with a letter or digit; 'Shop_1' is not.",
  ]);
});

test('what is missing is placed where it belongs, with what to write', () => {
  assert.deepEqual(problemsOf('metadata: {}\n'), [
    "shop.yaml:1:1: apiVersion: is missing. Write 'kumiki.dev/v1alpha1'.",
    "shop.yaml:1:1: kind: is missing. Write 'ModelService'.",
    'shop.yaml:1:1: metadata.name: is missing. It is a text.',
    'shop.yaml:1:1: spec: is missing. It is a map of fields.',
  ]);
  assert.deepEqual(problemsOf(withSpec('  model: {source: x}\n  engine: {threads: 2}\n')), [
    "shop.yaml:7:3: spec.engine.kind: is missing. Write 'llama', 'simulated', 'openai' or 'container'.",
  ]);
});

test('a wrong apiVersion is reported with the right one', () => {
  assert.deepEqual(problemsOf(good.replace('v1alpha1', 'v1alpha2')), [
    "shop.yaml:1:13: apiVersion: must be 'kumiki.dev/v1alpha1', not 'kumiki.dev/v1alpha2'. Did you mean 'kumiki.dev/v1alpha1'?",
  ]);
});

test('a field that is missing because of another says so', () => {
  assert.deepEqual(problemsOf(withSpec("  model: {source: 'hf://org/name'}\n")), [
    "shop.yaml:5:1: spec.engine: is missing: the source 'hf://org/name' is loaded by a container; write 'kind: container' and its image.",
  ]);
});

test('limits, quoted numbers and unions are explained in words', () => {
  const engine = (text: string): string => withSpec(`  model: {source: x}\n  engine: ${text}\n`);
  assert.deepEqual(problemsOf(engine("{kind: llama, threads: '3'}")), [
    "shop.yaml:7:34: spec.engine.threads: must be a number, not the text '3'. Write it without quotes.",
  ]);
  const remote = (text: string): string => withSpec(`  model: {source: 'http://x'}\n  engine: ${text}\n`);
  assert.deepEqual(problemsOf(remote('{kind: openai, endpoints: [ftp://x]}')), [
    "shop.yaml:7:38: spec.engine.endpoints[0]: must be an http:// or https:// URL; 'ftp://x' is not.",
  ]);
  assert.deepEqual(problemsOf(remote('{kind: openai, apiKeyFrom: {secretKeyRef: {nmae: a}}}')), [
    'shop.yaml:7:39: spec.engine.apiKeyFrom.secretKeyRef.name: is missing. It is a text.',
    "shop.yaml:7:54: spec.engine.apiKeyFrom.secretKeyRef.nmae: unknown field. Did you mean 'name'?",
  ]);
  assert.deepEqual(problemsOf(remote('{kind: openai, apiKeyFrom: {secretKeyRef: {name: ../x}}}')), [
    "shop.yaml:7:60: spec.engine.apiKeyFrom.secretKeyRef.name: must be lower-case letters, digits, hyphens and dots, starting and ending with a letter or digit; '../x' is not.",
  ]);
  assert.deepEqual(problemsOf(withSpec('  model: {source: x}\n  replicas: 1000\n')), [
    'shop.yaml:7:13: spec.replicas: must be at most 256, not 1000.',
  ]);
  assert.deepEqual(problemsOf(withSpec('  model: {source: ""}\n  deadlines: {connectMs: 0}\n')), [
    'shop.yaml:6:19: spec.model.source: must have at least 1 character, not 0.',
    'shop.yaml:7:26: spec.deadlines.connectMs: must be at least 1, not 0.',
  ]);
});

test('a path or a variable as the place of a key is refused, with what to write instead', () => {
  for (const [field, value] of [
    ['file', '/etc/hostname'],
    ['env', 'HOME'],
  ]) {
    const problems = problemsOf(
      withSpec(`  model: {source: x}\n  engine: {kind: openai, apiKeyFrom: {${field}: ${value}}}\n`),
    );
    assert.ok(
      problems.some((problem) =>
        problem.endsWith(
          `spec.engine.apiKeyFrom.${field}: is not taken. A manifest names secrets, never paths or variables. Register the key with 'kumiki secret set NAME' and write secretKeyRef: {name: NAME}.`,
        ),
      ),
      problems.join('\n'),
    );
  }
});

test('a repeated field is an error, and the rest of the document is still checked', () => {
  assert.deepEqual(problemsOf(withSpec('  model: {source: x}\n  replicas: 1\n  replicas: 2\n  taks: chat\n')), [
    'shop.yaml:8:3: the field stands here twice.',
    "shop.yaml:9:3: spec.taks: unknown field. Did you mean 'task'?",
  ]);
});

test('a name used twice is an error, across files too', () => {
  assert.deepEqual(problemsOf(good, good), [
    "shop-1.yaml:4:9: metadata.name: 'shop' is the name of another object, at shop.yaml:4. Give one of them another name.",
  ]);
});

test('bad syntax is reported at its line', () => {
  assert.deepEqual(problemsOf('apiVersion: kumiki.dev/v1alpha1\n\tkind: x\n'), [
    'shop.yaml:2:1: is indented by a tab; YAML takes spaces only.',
  ]);
  assert.match(problemsOf('a: b: c\n')[0] ?? '', /^shop\.yaml:1:4: not valid YAML: nested mappings/);
});

test('bombs, floods and depth are refused without being unfolded', () => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x]'];
  for (let level = 1; level < 9; level++) {
    bomb.push(`a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(',')}]`);
  }
  assert.match(problemsOf(bomb.join('\n'))[0] ?? '', /aliases \(\*name\) stand for too much/);
  assert.match(problemsOf('[*nothing]')[0] ?? '', /nothing|alias/i);
  assert.match(problemsOf('[{a: '.repeat(40_000))[0] ?? '', /nests deeper than|not valid YAML/);
  assert.match(problemsOf('[{a: '.repeat(100) + '}]'.repeat(100))[0] ?? '', /nests deeper than 64 levels/);
  assert.match(problemsOf(`# ${'x'.repeat(manifestLimits.bytes)}`)[0] ?? '', /at most 1048576 are read/);
  assert.match(problemsOf('---\na: 1\n'.repeat(257))[0] ?? '', /holds 257 documents; at most 256/);
  assert.equal(problemsOf('---\nx: 1\n'.repeat(200)).length, manifestLimits.problems);
});

test('an empty file says what belongs into it', () => {
  assert.deepEqual(problemsOf('# nothing\n---\n'), [
    "shop.yaml:1:1: holds no object. Write one that begins with 'apiVersion: kumiki.dev/v1alpha1'.",
  ]);
});

test('names of the prototype are fields like others', () => {
  assert.deepEqual(problemsOf(`${good}__proto__: {kind: x}\nconstructor: 1\n`).length, 2);
  assert.deepEqual(problemsOf('kind: constructor\n'), [
    "shop.yaml:1:7: kind: unknown kind 'constructor'. Known here: ModelService.",
  ]);
});

test('any text gives services or located problems, never an exception', () => {
  const fragment = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '- ',
    '[',
    ']',
    '{',
    '}',
    '&a',
    '*a',
    '"',
    "'",
    '|',
    '---\n',
    '!',
  );
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.array(fragment, { maxLength: 60 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (text) => {
      const result = readManifests([{ file: 'f', text }]);
      if (result.ok) return;
      assert.ok(result.problems.length > 0);
      for (const { line, column } of result.problems) assert.ok(line >= 1 && column >= 1);
    }),
    { numRuns: 2_000 },
  );
});

test('what is written is read back as the same object', () => {
  const first = readManifests([{ file: 'a', text: `${good}---\n${good.replace('shop', 'no')}` }]);
  assert.ok(first.ok);
  const services = first.services.map(({ service }) => service);
  const again = readManifests([{ file: 'b', text: writeManifests(services) }]);
  assert.deepEqual(again.ok && again.services.map(({ service }) => service), services);
});
