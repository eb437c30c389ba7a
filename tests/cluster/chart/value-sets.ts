/** Values that people install the chart with, by what they are for. */
export const valueSets: Readonly<Record<string, object>> = {
  'the defaults': {},
  'a small first try': { profile: 'small' },
  'a database of theirs behind an Ingress with cert-manager': {
    database: { mode: 'external', external: { secretName: 'shop-db', networks: ['10.20.0.0/16', 'fd00::/8'] } },
    ingress: {
      enabled: true,
      className: 'nginx',
      host: 'ai.example.com',
      annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' },
      tlsSecretName: 'ai-tls',
    },
    gateway: { trustedProxies: ['10.0.0.0/8'] },
  },
  'the Gateway API and CloudNativePG': {
    publicUrl: 'https://ai.example.com',
    database: { mode: 'cloudnativepg', cloudnativepg: { instances: 2, storageClassName: 'fast' } },
    httpRoute: {
      enabled: true,
      parentRefs: [{ name: 'public', namespace: 'gateways' }],
      hostnames: ['ai.example.com'],
    },
  },
  'TLS at the gateway behind a load balancer': {
    publicUrl: 'https://ai.example.com',
    gateway: {
      replicas: 5,
      drainSeconds: 1_800,
      tls: { secretName: 'ai-tls' },
      service: { type: 'LoadBalancer', annotations: { 'example.com/internal': 'true' } },
    },
  },
  'an operator of its own namespace alone': {
    operator: { watchNamespace: 'shop', replicas: 3 },
    networkPolicies: { apiServer: { ports: [443, 8443], networks: ['10.0.0.1/32'] } },
  },
  'secrets and an image of theirs': {
    secrets: { existingSecret: 'from-vault' },
    image: { repository: 'registry.example.com/kumiki', digest: `sha256:${'a'.repeat(64)}`, pullSecrets: ['pull'] },
  },
  'places, priorities and who may come': {
    priorityClass: { create: true },
    nodeSelector: { pool: 'services' },
    tolerations: [{ key: 'services', operator: 'Exists', effect: 'NoSchedule' }],
    podLabels: { team: 'platform' },
    podAnnotations: { 'example.com/scrape': 'true' },
    networkPolicies: {
      clients: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }],
      scrapers: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
      outsideServers: false,
    },
  },
  'nothing but pods': {
    operator: { enabled: false },
    networkPolicies: { enabled: false },
    podDisruptionBudgets: { enabled: false },
    search: { replicas: 3, embeddingModel: 'embed', resources: { limits: { memory: '4Gi' } } },
    conversations: { retentionDays: 365 },
  },
};
