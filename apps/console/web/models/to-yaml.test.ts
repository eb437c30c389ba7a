import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toYamlDocument } from './to-yaml.ts';

test('a manifest is written as people write it', () => {
  const manifest = {
    apiVersion: 'kumiki.dev/v1alpha1',
    metadata: { name: 'chat', labels: {} },
    spec: {
      replicas: 2,
      model: { aliases: ['a', 'b: c'], source: 'demo:chat' },
      rules: [{ from: 1, to: [2] }],
      none: [],
    },
    left: undefined,
  };
  assert.equal(
    toYamlDocument(manifest),
    `apiVersion: kumiki.dev/v1alpha1
metadata:
  name: chat
  labels: {}
spec:
  replicas: 2
  model:
    aliases:
      - a
      - "b: c"
    source: demo:chat
  rules:
    - from: 1
      to:
        - 2
  none: []
`,
  );
});

test('a text that YAML would take for something else is quoted', () => {
  for (const text of [
    'yes',
    'null',
    '1.0',
    '2026-11-25',
    '',
    ' a',
    'a ',
    '# a',
    'a #b',
    'simulated:',
    '- a',
    '@x',
    'a\nb',
    '*a',
  ]) {
    assert.equal(toYamlDocument({ text }), `text: ${JSON.stringify(text)}\n`);
  }
  assert.equal(toYamlDocument({ text: '/srv/models/日本語.gguf' }), 'text: /srv/models/日本語.gguf\n');
});
