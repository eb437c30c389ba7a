import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { apiVersion, brokenRules, modelServiceSchema, modelServiceSpecSchema } from '@kumiki/api';
import { describeInvalid, formatFinding } from '@kumiki/manifest';
import { root } from '../repository/source-files.ts';
import { invalidSpecs, refusedByTheServer } from './manifests/invalid-specs.ts';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';

const skip = whyNoCluster();
let cluster: Cluster;
let close: () => Promise<void>;
let space: string;
before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  await cluster.kubectl('apply', '--server-side', '--force-conflicts', '-f', join(root, 'deploy/crds'));
  await cluster.waitFor('crd/modelservices.kumiki.dev', 'condition=Established');
  space = await cluster.createNamespace('refusals');
});
after(async () => {
  if (skip === false) await cluster.kubectl('delete', 'namespace', space);
  await close?.();
});

const manifestOf = (spec: object, name = 'shop') => ({ apiVersion, kind: 'ModelService', metadata: { name }, spec });

/** What kubectl prints for a manifest that is refused; null when it is taken. */
async function refusalOf(manifest: object): Promise<string | null> {
  const namespaced = { ...manifest, metadata: { ...(manifest as { metadata: object }).metadata, namespace: space } };
  return cluster.apply(namespaced).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

/** What kumiki apply says on a Kubernetes, without the near miss, which needs more than a rule can compute. */
function sentencesOf(manifest: { readonly spec: object }): string[] {
  const result = modelServiceSchema.safeParse(manifest);
  if (!result.success) {
    return describeInvalid(modelServiceSchema, manifest, result.error.issues).map(({ path, message, hint }) =>
      formatFinding({ path, message, hint: hint?.startsWith('Did you mean') === true ? null : hint }),
    );
  }
  return brokenRules(modelServiceSpecSchema.parse(manifest.spec), 'kubernetes').map(
    ({ path, message }) => `spec.${path.join('.')}: ${message}.`,
  );
}

for (const [what, spec] of Object.entries(invalidSpecs)) {
  test(`${what} is refused by kubectl with the sentence of kumiki`, { skip }, async () => {
    const manifest = manifestOf(spec);
    const refusal = await refusalOf(manifest);
    assert.ok(refusal !== null, 'kubectl takes it');
    const said = sentencesOf(manifest);
    assert.ok(said.length > 0, 'kumiki takes it');
    // kubectl writes the members of a map in brackets.
    const shown = refusal.replaceAll(/\[([a-z][\w.-]*)\]/g, '.$1');
    for (const sentence of said) {
      const [path = '', ...words] = sentence.split(': ');
      assert.ok(shown.includes(path) && shown.includes(words.join(': ')), `${sentence}\n${refusal}`);
    }
  });
}

for (const [what, spec] of Object.entries(refusedByTheServer)) {
  test(`${what} is refused by kubectl with the name of the field`, { skip }, async () => {
    const manifest = manifestOf(spec);
    const refusal = await refusalOf(manifest);
    assert.ok(sentencesOf(manifest).length > 0, 'kumiki takes it');
    assert.match(refusal ?? '', /replcias|spec\.replicas|"source"|spec\.model\.name/);
  });
}

test('the API server takes valid manifests, fills in the defaults and scales them', { skip }, async () => {
  await cluster.apply({
    ...manifestOf({ model: { source: 'demo:chat' } }),
    metadata: { name: 'plain', namespace: space },
  });
  const stored = JSON.parse(await cluster.kubectl('get', 'msvc', 'plain', '-n', space, '-o', 'json')) as {
    readonly spec: Record<string, unknown>;
  };
  const expected = modelServiceSpecSchema.parse({ model: { source: 'demo:chat' } });
  assert.deepEqual(stored.spec, expected);
  await cluster.kubectl('scale', 'modelservice', 'plain', '-n', space, '--replicas=3');
  assert.match(await cluster.kubectl('get', 'msvc', '-n', space), /NAME +READY +REPLICAS +WANTED +UP +REVISION/);
});
