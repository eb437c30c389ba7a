/** The user that kube-router is. */
export const policyUser = 'rig:kube-router';

/** What kube-router reads in order to enforce NetworkPolicies. */
export function policyRights(): object[] {
  const verbs = ['get', 'list', 'watch'];
  const rules = [
    { apiGroups: [''], resources: ['namespaces', 'pods', 'services', 'nodes', 'endpoints'], verbs },
    { apiGroups: ['networking.k8s.io'], resources: ['networkpolicies'], verbs },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs },
  ];
  const metadata = { name: policyUser };
  return [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: policyUser },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: policyUser }],
    },
  ];
}
