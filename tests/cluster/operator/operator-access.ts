import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Right,
  operatorClusterRights,
  operatorOwnRights,
  operatorRights,
} from '../../../apps/operator/src/rights.ts';
import type { Cluster } from '../rig/cluster.ts';

const account = 'kumiki-operator';

/** Who the operator of a test is, as the API server notes it. */
export function userOf(space: string): string {
  return `system:serviceaccount:${space}:${account}`;
}

/** Gives a service account the rights of the operator and no other. @returns a kubeconfig with its token. */
export async function grantOperator(cluster: Cluster, space: string): Promise<string> {
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: space }];
  const rules = (rights: readonly Right[]) =>
    rights.map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }));
  const rbac = 'rbac.authorization.k8s.io';
  const apiVersion = `${rbac}/v1`;
  await cluster.apply(
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: account, namespace: space } },
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: { name: space },
      rules: rules([...operatorRights, ...operatorClusterRights]),
    },
    {
      apiVersion,
      kind: 'ClusterRoleBinding',
      metadata: { name: space },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: space },
      subjects,
    },
    { apiVersion, kind: 'Role', metadata: { name: account, namespace: space }, rules: rules(operatorOwnRights) },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: { name: account, namespace: space },
      roleRef: { apiGroup: rbac, kind: 'Role', name: account },
      subjects,
    },
  );
  const token = (await cluster.kubectl('create', 'token', account, '-n', space)).trim();
  const config = JSON.parse(readFileSync(cluster.kubeconfig, 'utf8')) as { users: { user: object }[] };
  const file = join(mkdtempSync(join(tmpdir(), 'kumiki-operator-')), 'config.json');
  writeFileSync(
    file,
    JSON.stringify({ ...config, users: config.users.map((user) => ({ ...user, user: { token } })) }),
    {
      mode: 0o600,
    },
  );
  return file;
}
