import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '@kumiki/service';
import type { z } from 'zod';
import { accountsSettings } from '../../apps/accounts/src/config.ts';
import { consoleSettings } from '../../apps/console/src/config.ts';
import { conversationsSettings } from '../../apps/conversations/src/config.ts';
import { gatewaySettings } from '../../apps/gateway/src/config.ts';
import { installerSettings } from '../../apps/installer/src/config.ts';
import { operatorSettings } from '../../apps/operator/src/config.ts';
import { searchSettings } from '../../apps/search/src/config.ts';
import { type PodManifest, podManifest } from './chart/pod-manifest.ts';
import {
  chartFolder,
  podsOf,
  readObjects,
  release,
  releaseNamespace,
  render,
  renderChart,
} from './chart/render-chart.ts';
import { valueSets } from './chart/value-sets.ts';
import { type Schema, unlikeDefaults } from './chart/values-schema.ts';
import type { Cluster } from './rig/cluster.ts';
import { runCommand } from './rig/host/run-command.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';
import { helm } from './rig/parts/go-tools.ts';
import { programs } from './rig/parts/installed-parts.ts';
import { installPart } from './rig/parts/part.ts';

const skip = whyNoCluster();
const repository = join(chartFolder, '../..');

/** Kinds of other projects, which a cluster knows only when they are installed. */
const foreignKinds = new Set(['Cluster', 'HTTPRoute']);

const programSettings: Readonly<Record<string, z.ZodObject>> = {
  'apps/accounts/src/main.ts': accountsSettings,
  'apps/console/src/main.ts': consoleSettings,
  'apps/conversations/src/main.ts': conversationsSettings,
  'apps/gateway/src/main.ts': gatewaySettings,
  'apps/installer/src/main.ts': installerSettings,
  'apps/operator/src/main.ts': operatorSettings,
  'apps/search/src/main.ts': searchSettings,
};

let cluster: Cluster;
let close: (() => Promise<void>) | undefined;
let space: string | undefined;
before(async () => {
  if (skip !== false) return;
  await installPart(helm, (line) => console.log(line));
  ({ cluster, close } = await openCluster({ nodes: 0 }));
  space = await cluster.createNamespace('chart');
  await cluster.kubectl('label', 'namespace', space, 'pod-security.kubernetes.io/enforce=restricted');
});
after(async () => {
  if (space !== undefined) await cluster.kubectl('delete', 'namespace', space);
  await close?.();
});

test('helm lint finds nothing to warn of', { skip }, async () => {
  const said = await runCommand(programs.helm, ['lint', '--strict', chartFolder]);
  assert.match(said, /1 chart\(s\) linted, 0 chart\(s\) failed/);
});

/** Has the API server check objects as if they were created in the namespace of the test. */
async function dryRun(items: readonly object[]): Promise<string[]> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const inSpace = list.replaceAll(`"namespace":"${releaseNamespace}"`, `"namespace":"${space}"`);
  const flags = ['--server-side', '--force-conflicts', '--dry-run=server', '--validate=strict'];
  const said = await cluster.kubectlWith(inSpace, 'apply', ...flags, '-n', space ?? '', '-f', '-');
  return said.trim().split('\n');
}

for (const [name, values] of Object.entries(valueSets)) {
  test(`the API server takes what the chart makes of: ${name}`, { skip }, async () => {
    const objects = (await render(values)).filter(({ kind }) => !foreignKinds.has(kind));
    const said = await dryRun(objects);
    assert.equal(said.length, objects.length, said.join('\n'));
  });
}

test(
  'the API server admits every pod under Pod Security "restricted", and refuses one that is not',
  { skip },
  async () => {
    const pods = new Map<string, PodManifest>();
    for (const values of Object.values(valueSets))
      for (const { pod } of podsOf(await render(values)))
        pods.set(JSON.stringify(pod), podManifest(`pod-${pods.size}`, pod));
    const all = [...pods.values()];
    assert.equal((await dryRun(all)).length, all.length);
    const [first] = all;
    assert.ok(first !== undefined);
    const root = { ...first, spec: { ...first.spec, securityContext: { runAsUser: 0 } } };
    await assert.rejects(dryRun([root]), /violates PodSecurity "restricted/);
  },
);

test(
  'all pods are of the standard "restricted", say what memory they may take, and have a token of the API only where they need it',
  { skip },
  async () => {
    for (const values of Object.values(valueSets))
      for (const { what, pod } of podsOf(await render(values))) {
        const { runAsNonRoot, runAsUser, seccompProfile } = pod.securityContext;
        assert.deepEqual([runAsNonRoot, seccompProfile], [true, { type: 'RuntimeDefault' }], what);
        assert.ok(Number(runAsUser) > 0, what);
        assert.equal(pod.automountServiceAccountToken, /-(?:secrets|operator)$/.test(what), what);
        for (const container of pod.containers) {
          assert.deepEqual(container.securityContext, {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          assert.ok(container.resources.limits?.['memory'] !== undefined, what);
        }
      }
  },
);

test('no right is a wildcard', { skip }, async () => {
  for (const values of Object.values(valueSets))
    for (const { rules = [], metadata } of await render(values))
      for (const rule of rules) assert.ok(!JSON.stringify(rule).includes('*'), metadata.name);
});

test(
  'every program that the chart starts is there, and takes every setting that it is given and lacks none',
  { skip },
  async () => {
    const seen = new Set<string>();
    for (const values of Object.values(valueSets))
      for (const { what, pod } of podsOf(await render(values)))
        for (const { args = [], env = [] } of pod.containers) {
          const program = args.at(-1);
          if (program === undefined) continue;
          seen.add(program);
          assert.ok(existsSync(join(repository, program)), program);
          const schema = programSettings[program];
          assert.ok(schema !== undefined, program);
          // What Kubernetes fills in is some name of an object.
          const given = Object.fromEntries(env.map((one) => [one.name, one.value ?? 'some-name']));
          assert.doesNotThrow(() => readConfig(schema, given, 'KUMIKI_'), what);
        }
    assert.deepEqual([...seen].toSorted(), Object.keys(programSettings));
  },
);

test('a misspelt value is refused by its name, at every depth, and one of a wrong type as well', { skip }, async () => {
  for (const [values, said] of [
    [{ gatway: {} }, /gatway/],
    [{ gateway: { replica: 3 } }, /replica/],
    [{ gateway: { tls: { secret: 'x' } } }, /secret/],
    [{ database: { mode: 'sqlite' } }, /mode/],
    [{ database: { mode: 'external' } }, /secretName/],
    [{ gateway: { replicas: 'two' } }, /replicas/],
    [{ profile: 'huge' }, /profile/],
    [{ ingress: { enabled: true } }, /host/],
    [{ publicUrl: 'ai.example.com' }, /publicUrl/],
  ] as const)
    await assert.rejects(renderChart(values), said, JSON.stringify(values));
});

test(
  'every value has its default and a place in the schema, so that none is forgotten in either',
  { skip },
  async () => {
    const [defaults] = readObjects(await runCommand(programs.helm, ['show', 'values', chartFolder])) as unknown as [
      object,
    ];
    const schema = JSON.parse(readFileSync(join(chartFolder, 'values.schema.json'), 'utf8')) as Schema;
    assert.deepEqual(unlikeDefaults(schema, defaults), []);
    assert.deepEqual(unlikeDefaults(schema, { ...defaults, gateway: { speed: 1 } }).slice(0, 1), ['.gateway.speed']);
  },
);

test(
  'a small profile has one pod of each part, a standard one two, and a pod drains within its grace',
  { skip },
  async () => {
    for (const [profile, replicas] of [
      ['small', 1],
      ['standard', 2],
    ] as const) {
      const deployments = (await render({ profile })).filter(({ kind }) => kind === 'Deployment');
      assert.deepEqual(
        deployments.map(({ metadata }) => metadata.name).toSorted(),
        ['gateway', 'accounts', 'conversations', 'search', 'console', 'operator']
          .map((part) => `${release}-kumiki-${part}`)
          .toSorted(),
      );
      for (const { spec } of deployments) {
        assert.equal(spec?.['replicas'], replicas);
        const pod = spec?.template?.spec as unknown as {
          terminationGracePeriodSeconds: number;
          containers: { env: { name: string; value: string }[] }[];
        };
        const drain = pod.containers[0]?.env.find(({ name }) => name === 'KUMIKI_DRAIN_MS')?.value;
        assert.ok(pod.terminationGracePeriodSeconds * 1_000 > Number(drain) + 5_000);
      }
    }
  },
);
