import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { apiVersion } from '@kumiki/api';
import { openKubeAccess } from '@kumiki/kube';
import { createLog } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { startOperator, type Operator } from '../../apps/operator/src/start-operator.ts';
import { root } from '../repository/source-files.ts';
import { grantOperator, userOf } from './operator/operator-access.ts';
import { readAuditLog } from './rig/audit-log.ts';
import type { Cluster } from './rig/cluster.ts';
import { openCluster, whyNoCluster } from './rig/open-cluster.ts';

const skip = whyNoCluster();
/** A round takes milliseconds; the machine may be busy. */
const limitMs = 120_000;
let cluster: Cluster;
let close: () => Promise<void>;
let space: string;
let kubeconfig: string;
let operator: Operator;

const startOne = (identity: string): Promise<Operator> =>
  startOperator(
    {
      KUMIKI_OPS_HOST: '127.0.0.1',
      KUMIKI_OPS_PORT: 0,
      KUMIKI_LOG_LEVEL: 'warn',
      KUMIKI_DRAIN_MS: 1_000,
      KUMIKI_NAMESPACE: space,
      KUMIKI_WATCH_NAMESPACE: space,
      KUMIKI_IDENTITY: identity,
      KUMIKI_WORKER_IMAGE: 'kumiki.test/absent:1',
      KUMIKI_WORKER_IMAGE_PULL_POLICY: 'Never',
      KUMIKI_WORKER_IMAGE_PULL_SECRETS: [],
      environment: {},
    },
    openKubeAccess({ environment: { KUBECONFIG: kubeconfig } }),
    createLog({ service: 'operator', level: 'warn' }),
  );

before(async () => {
  if (skip !== false) return;
  ({ cluster, close } = await openCluster());
  await cluster.kubectl('apply', '--server-side', '--force-conflicts', '-f', join(root, 'deploy/crds'));
  await cluster.waitFor('crd/modelservices.kumiki.dev', 'condition=Established');
  space = await cluster.createNamespace('operator');
  await cluster.kubectl('label', 'namespace', space, 'pod-security.kubernetes.io/enforce=restricted');
  kubeconfig = await grantOperator(cluster, space);
  operator = await startOne('first');
});
after(async () => {
  await operator?.close();
  if (kubeconfig !== undefined) rmSync(dirname(kubeconfig), { recursive: true });
  if (skip === false) {
    await cluster.kubectl('delete', 'namespace', space);
    await cluster.kubectl('delete', 'clusterrole,clusterrolebinding', space);
  }
  await close?.();
});

const service = (name: string, spec: object = {}) => ({
  apiVersion,
  kind: 'ModelService',
  metadata: { name, namespace: space },
  spec: { model: { source: 'simulated:' }, ...spec },
});

interface Condition {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

async function conditionsOf(name: string): Promise<Record<string, Condition>> {
  const text = await cluster.kubectl('get', 'msvc', name, '-n', space, '-o', 'json');
  const { status } = JSON.parse(text) as { status?: { conditions?: Condition[] } };
  return Object.fromEntries((status?.conditions ?? []).map((condition) => [condition.type, condition]));
}

const namesOf = async (kind: string, name: string): Promise<string[]> =>
  (await cluster.kubectl('get', kind, '-n', space, '-l', `kumiki.dev/service=${name}`, '-o', 'name'))
    .split('\n')
    .filter((line) => line !== '');

/** Writes of the operator that the API server has noted, besides renewals of its lease. */
function writesOf(): string[] {
  const reading = new Set(['get', 'list', 'watch']);
  return readAuditLog(cluster.rig!.auditLog)
    .filter(
      ({ user, verb, objectRef }) =>
        user.username === userOf(space) && !reading.has(verb) && objectRef?.resource !== 'leases',
    )
    .map(
      ({ verb, objectRef, responseStatus }) =>
        `${verb} ${objectRef?.resource}/${objectRef?.name} ${responseStatus?.code}`,
    );
}

test('a ModelService gets its objects and a status, and at rest nothing is written', { skip }, async () => {
  await cluster.apply(service('shop', { replicas: 2 }));
  await until('its Deployment has its size', limitMs, async () => {
    const sizes = await cluster.kubectl('get', 'deploy', '-n', space, '-o', 'jsonpath={.items[*].spec.replicas}');
    return sizes === '2';
  });
  for (const kind of ['service', 'pdb', 'networkpolicy', 'secret']) {
    await until(`a ${kind}`, limitMs, async () => (await namesOf(kind, 'shop')).length === 1);
  }
  // Pods exist only where the API server takes them under the Pod Security Standard of the namespace.
  await until('pods of the restricted kind', limitMs, async () => (await namesOf('pod', 'shop')).length === 2);
  await until('a status', limitMs, async () => (await conditionsOf('shop'))['Ready']?.reason === 'NoReplicaReady');
  await until('the status counts pods', limitMs, async () => {
    return (await cluster.kubectl('get', 'msvc', 'shop', '-n', space, '-o', 'jsonpath={.status.replicas}')) === '2';
  });
  if (cluster.rig === null) return;
  // A lease is renewed every two seconds: three renewals later everything has settled that will.
  let writes = writesOf();
  let still = 0;
  await until('no write for a while', limitMs, () => {
    const before = writes;
    writes = writesOf();
    still = before.length === writes.length ? still + 1 : 0;
    return still >= 40;
  });
  const at = writes.length;
  // A label of somebody else concerns nobody: the operator looks, and writes nothing.
  await cluster.kubectl('label', 'msvc', 'shop', '-n', space, 'team=a');
  await cluster.kubectl('label', 'svc', 'kumiki-shop', '-n', space, 'team=a');
  const rounds = () =>
    readAuditLog(cluster.rig!.auditLog).filter(
      ({ verb, objectRef }) => verb === 'update' && objectRef?.resource === 'leases',
    ).length;
  const from = rounds();
  await until('the operator has seen it', limitMs, () => rounds() >= from + 3);
  assert.deepEqual(writesOf().slice(at), []);
});

test('kubectl scale sets the size, and a new model makes a new revision', { skip }, async () => {
  await cluster.kubectl('scale', 'msvc', 'shop', '-n', space, '--replicas=3');
  const sizes = () =>
    cluster.kubectl(
      'get',
      'deploy',
      '-n',
      space,
      '-l',
      'kumiki.dev/service=shop',
      '-o',
      'jsonpath={.items[*].spec.replicas}',
    );
  await until('three', limitMs, async () => (await sizes()) === '3');
  await cluster.apply(service('shop', { replicas: 3, engine: { kind: 'simulated', contextTokens: 512 } }));
  // No pod of the old revision has ever served, so it goes at once.
  await until('one revision is left', limitMs, async () => {
    const revision = await cluster.kubectl('get', 'msvc', 'shop', '-n', space, '-o', 'jsonpath={.status.revision}');
    const deployments = await namesOf('deployment', 'shop');
    return deployments.length === 1 && deployments[0]?.endsWith(`shop-${revision}`) === true && (await sizes()) === '3';
  });
});

test('what keeps a service from being served is told with what to do', { skip }, async () => {
  await cluster.apply(
    service('second', { model: { source: 'simulated:', name: 'shop' } }),
    service('absent-volume', { model: { source: 'pvc://nowhere/a.gguf' } }),
    service('unknown-demo', { model: { source: 'demo:chta' } }),
  );
  const expected = {
    second: ['Degraded', 'ModelNameTaken', new RegExp(`'shop' is already that of the ModelService ${space}/shop`)],
    'unknown-demo': ['Degraded', 'CannotBeServed', /Did you mean 'demo:chat'/],
  } as const;
  for (const [name, [type, reason, message]] of Object.entries(expected)) {
    await until(`${name} is told ${reason}`, limitMs, async () => (await conditionsOf(name))[type]?.reason === reason);
    assert.match((await conditionsOf(name))[type]?.message ?? '', message);
  }
  await until('an event tells it', limitMs, async () =>
    (await cluster.kubectl('describe', 'msvc', 'second', '-n', space)).includes('ModelNameTaken'),
  );
  await until('no pod of absent-volume has a node', limitMs, async () => {
    return (await conditionsOf('absent-volume'))['Fits']?.reason === 'NoNodeMatches';
  });
});

test('another operator takes over, and what a deleted service had goes with it', { skip }, async () => {
  const second = await startOne('second');
  try {
    await operator.close();
    await until('the second acts', limitMs, () => second.leads());
    await cluster.apply(service('later'));
    await until('it writes', limitMs, async () => (await namesOf('deployment', 'later')).length === 1);
    await cluster.kubectl('delete', 'msvc', 'later', '-n', space);
    await until(
      'its objects are gone',
      limitMs,
      async () => (await namesOf('deployment,service,secret', 'later')).length === 0,
    );
  } finally {
    operator = second;
  }
});

test('the operator was refused nothing that it asked for', { skip: skip === false ? false : skip }, () => {
  if (cluster.rig === null) return;
  const refused = readAuditLog(cluster.rig.auditLog)
    .filter(({ user, responseStatus }) => user.username === userOf(space) && responseStatus?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
  assert.deepEqual([...new Set(refused)], []);
});
