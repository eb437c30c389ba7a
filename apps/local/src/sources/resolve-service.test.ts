import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ModelServiceInput, modelServiceSchema } from '@kumiki/api';
import { withAbsolutePaths } from './absolute-paths.ts';
import { resolveService } from './resolve-service.ts';

function service(spec: ModelServiceInput['spec']) {
  return modelServiceSchema.parse({
    apiVersion: 'kumiki.dev/v1alpha1',
    kind: 'ModelService',
    metadata: { name: 'shop' },
    spec,
  });
}

test('a source that is not there is refused with what is', async () => {
  const refusalOf = async (source: string): Promise<string> => {
    const resolution = await resolveService(service({ model: { source } }), 7, '', async () => null);
    assert.ok(!resolution.ok);
    return resolution.reason;
  };
  assert.match(
    await refusalOf('demo:caht'),
    /^spec\.model\.source: there is no 'demo:caht'\. Did you mean 'demo:chat'/,
  );
  assert.match(await refusalOf('/nowhere/a.gguf'), /^spec\.model\.source: there is no file or folder/);
});

test('a simulated service needs no file', async () => {
  const resolution = await resolveService(service({ model: { source: 'simulated:' } }), 7, '', async () => null);
  assert.ok(resolution.ok);
  assert.deepEqual(
    resolution.targets.map(({ key, created, revision }) => [key, created, revision.length]),
    [['shop/shop', 7, 8]],
  );
});

test('relative paths count from the folder of the manifest', () => {
  const model = (source: string) => withAbsolutePaths(service({ model: { source } }), '/models').spec.model.source;
  assert.equal(model('./a.gguf'), '/models/a.gguf');
  assert.equal(model('../b'), '/b');
  assert.equal(model('/c.gguf'), '/c.gguf');
  for (const source of ['demo:chat', 'simulated:', 'http://host:1/v1']) assert.equal(model(source), source);
});
