import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { labels } from '@kumiki/api';
import { partOf } from '../../apps/operator/src/objects/object-labels.ts';
import {
  operatorClusterRights,
  operatorOwnRights,
  operatorRights,
  type Right,
} from '../../apps/operator/src/rights.ts';
import { podsOf, release, releaseNamespace, render, type Rendered } from './chart/render-chart.ts';
import { valueSets } from './chart/value-sets.ts';
import { whyNoCluster } from './rig/open-cluster.ts';
import { helm } from './rig/parts/go-tools.ts';
import { installPart } from './rig/parts/part.ts';

const skip = whyNoCluster();
const account = `${release}-kumiki-operator`;

before(async () => {
  if (skip === false) await installPart(helm, (line) => console.log(line));
});

/** What a role is bound by. */
interface Binding extends Rendered {
  readonly roleRef: { readonly kind: string; readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

const subject = { kind: 'ServiceAccount', name: account, namespace: releaseNamespace };

/** What the operator may do, by where it may do it: in a namespace, or everywhere. */
function rightsOf(objects: readonly Rendered[]): Readonly<Record<string, unknown>> {
  const bindings = objects.filter(({ kind }) => kind.endsWith('Binding')) as Binding[];
  const mine = bindings.filter(({ subjects }) => subjects.some(({ name }) => name === account));
  const granted: Record<string, unknown[]> = {};
  for (const { kind, metadata, roleRef, subjects } of mine) {
    assert.deepEqual(subjects, [subject]);
    assert.equal(kind, `${roleRef.kind}Binding`);
    const { namespace } = metadata;
    const role = objects.find(
      (one) => one.kind === roleRef.kind && one.metadata.name === roleRef.name && one.metadata.namespace === namespace,
    );
    (granted[namespace ?? 'everywhere'] ??= []).push(...(role?.rules ?? []));
  }
  return granted;
}

const rules = (...rights: readonly Right[]) =>
  rights.map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }));

test('the operator may do in all namespaces what its list says, and nothing else', { skip }, async () => {
  assert.deepEqual(rightsOf(await render({})), {
    everywhere: rules(...operatorRights, ...operatorClusterRights),
    [releaseNamespace]: rules(...operatorOwnRights),
  });
});

test('an operator of one namespace has its rights there, and reads nodes', { skip }, async () => {
  assert.deepEqual(rightsOf(await render({ operator: { watchNamespace: 'models' } })), {
    everywhere: rules(...operatorClusterRights),
    models: rules(...operatorRights),
    [releaseNamespace]: rules(...operatorOwnRights),
  });
});

test('without an operator nothing of it is there', { skip }, async () => {
  const objects = await render({ operator: { enabled: false } });
  assert.deepEqual(
    objects.filter(({ metadata }) => metadata.name.includes('operator')),
    [],
  );
});

test('workers run the image of the operator itself, by tag or digest, with the same Secrets', { skip }, async () => {
  let seen = 0;
  for (const values of Object.values(valueSets)) {
    const objects = await render(values);
    for (const { pod } of podsOf(objects).filter(({ what }) => what.endsWith('-operator'))) {
      seen += 1;
      const [container] = pod.containers;
      const settings = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
      assert.equal(pod.serviceAccountName, account);
      assert.equal(settings['KUMIKI_WORKER_IMAGE'], container?.image);
      const secrets = (pod as { imagePullSecrets?: { name: string }[] }).imagePullSecrets ?? [];
      assert.equal(settings['KUMIKI_WORKER_IMAGE_PULL_SECRETS'], secrets.map(({ name }) => name).join(','));
    }
  }
  assert.equal(seen, Object.keys(valueSets).length - 1);
});

interface Policy extends Rendered {
  readonly spec: {
    readonly ingress: readonly object[] | null;
    readonly egress: readonly { readonly to?: readonly object[]; readonly ports?: readonly object[] }[];
  };
}

async function policyOf(part: string, values: object = {}): Promise<Policy['spec']> {
  const found = (await render(values)).find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `${release}-kumiki-${part}`,
  );
  assert.ok(found !== undefined, part);
  return (found as Policy).spec;
}

test('the operator reaches names and the API server, and only scrapers reach it', { skip }, async () => {
  const { ingress, egress } = await policyOf('operator');
  assert.ok(ingress === null || ingress.length === 0);
  const tcp = (port: number) => ({ protocol: 'TCP', port });
  assert.deepEqual(egress, [{ ports: [{ protocol: 'UDP', port: 53 }, tcp(53)] }, { ports: [tcp(443), tcp(6443)] }]);
  const scrapers = [{ namespaceSelector: { matchLabels: { team: 'metrics' } } }];
  const bounded = await policyOf('operator', {
    networkPolicies: { scrapers, apiServer: { ports: [8443], networks: ['10.0.0.1/32'] } },
  });
  assert.deepEqual(bounded.ingress, [{ from: scrapers, ports: [tcp(8_490)] }]);
  assert.deepEqual(bounded.egress.at(-1), { to: [{ ipBlock: { cidr: '10.0.0.1/32' } }], ports: [tcp(8_443)] });
});

test(
  'gateways reach pods of model services in every namespace, and have the labels that those admit',
  { skip },
  async () => {
    const { egress } = await policyOf('gateway', { networkPolicies: { outsideServers: false } });
    const workers = {
      namespaceSelector: {},
      podSelector: { matchExpressions: [{ key: labels.service, operator: 'Exists' }] },
    };
    assert.ok(egress.some(({ to }) => isDeepStrictEqual(to, [workers])));
    const gateway = (await render({})).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === `${release}-kumiki-gateway`,
    );
    const template = gateway?.spec?.template as { metadata?: { labels: Record<string, string> } } | undefined;
    assert.equal(template?.metadata?.labels['app.kubernetes.io/part-of'], partOf);
    assert.equal(template?.metadata?.labels['app.kubernetes.io/component'], 'gateway');
  },
);
