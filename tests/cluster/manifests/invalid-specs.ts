const container = { kind: 'container', image: 'registry.example/server:1' };
const digest = `sha256:${'0'.repeat(64)}`;
const long = 'x'.repeat(120);

/** Specs that no manifest may have, by what is wrong with them. */
export const invalidSpecs: Readonly<Record<string, object>> = {
  'an unknown task': { task: 'chta', model: { source: 'demo:chat' } },
  'too many replicas': { replicas: 300, model: { source: 'demo:chat' } },
  'fewer than no replicas': { replicas: -1, model: { source: 'demo:chat' } },
  'a model name with a blank': { model: { source: 'demo:chat', name: 'my model' } },
  'a model name that ends with a dash': { model: { source: 'demo:chat', name: 'model-' } },
  'a long model name with a blank': { model: { source: 'demo:chat', name: `${long} ${long}` } },
  'an alias that is empty': { model: { source: 'demo:chat', aliases: [''] } },
  'an empty source': { model: { source: '' } },
  'a digest that is none': { model: { source: 'https://files.example/a.gguf', digest: 'sha256:abc' } },
  'a digest without a download': { model: { source: 'demo:chat', digest } },
  'an engine that nobody knows': { model: { source: 'demo:chat' }, engine: { kind: 'lama' } },
  'an engine that cannot serve the source': { model: { source: 'demo:chat' }, engine: { kind: 'openai' } },
  'a server outside with our engine': { model: { source: 'https://models.example/v1' }, engine: { kind: 'llama' } },
  'a simulated source with our engine': { model: { source: 'simulated:' }, engine: { kind: 'llama' } },
  'a container for a demo': { model: { source: 'demo:chat' }, engine: container },
  'a hub without a container': { model: { source: 'hf://org/name' } },
  'a contained model without a container': { model: { source: 'container:' } },
  'a hub without an organisation': { model: { source: 'hf://name' }, engine: container },
  'a claim without a file': { model: { source: 'pvc://models/chat' } },
  'a claim of no name': { model: { source: 'pvc:///chat/a.gguf' } },
  'an image without a file': { model: { source: 'oci://registry.example/model:1' } },
  'a URL with a password': { model: { source: 'https://me:secret@models.example/v1' } },
  'a path of a machine': { model: { source: '/srv/models/a.gguf' } },
  'an image for our engine': { model: { source: 'demo:chat' }, engine: { kind: 'llama', image: 'x' } },
  'threads of a container': { model: { source: 'container:' }, engine: { ...container, threads: 3 } },
  'a container without an image': { model: { source: 'container:' }, engine: { kind: 'container' } },
  'an image with a blank': { model: { source: 'container:' }, engine: { ...container, image: 'a b' } },
  'a port that is none': { model: { source: 'container:' }, engine: { ...container, port: 70_000 } },
  'a relative path of a probe': { model: { source: 'container:' }, engine: { ...container, readyPath: 'health' } },
  'a variable that is none': { model: { source: 'container:' }, engine: { ...container, env: [{ name: '1A' }] } },
  'a context that is too short': { model: { source: 'demo:chat' }, engine: { kind: 'llama', contextTokens: 8 } },
  'a deadline of nothing': { model: { source: 'demo:chat' }, deadlines: { connectMs: 0 } },
  'a deadline of a year': { model: { source: 'demo:chat' }, deadlines: { totalMs: 1_000_000_000 } },
  'a server that is no URL': {
    model: { source: 'https://models.example/v1' },
    engine: { kind: 'openai', endpoints: ['ftp://models.example'] },
  },
  'a secret of no name': {
    model: { source: 'https://models.example/v1' },
    engine: { kind: 'openai', apiKeyFrom: { secretKeyRef: { name: 'Key' } } },
  },
  'a speed of nothing': {
    model: { source: 'simulated:' },
    engine: { kind: 'simulated', simulated: { prefillTokensPerSecond: 0 } },
  },
  'an amount that is none': { model: { source: 'demo:chat' }, pod: { resources: { limits: { memory: '2 GB' } } } },
  'a spread of another kind': { model: { source: 'demo:chat' }, pod: { spread: 'always' } },
  'an effect that is none': { model: { source: 'demo:chat' }, pod: { tolerations: [{ effect: 'NoShedule' }] } },
};

/** What the API server refuses before it looks at rules: in its own words. */
export const refusedByTheServer: Readonly<Record<string, object>> = {
  'a field that nobody knows': { model: { source: 'demo:chat' }, replcias: 2 },
  'a text for a number': { model: { source: 'demo:chat' }, replicas: 'two' },
  'a model without a source': { model: { name: 'chat' } },
  'a name that is too long': { model: { source: 'demo:chat', name: 'x'.repeat(256) } },
};
