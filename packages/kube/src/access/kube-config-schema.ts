import { z } from 'zod';

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ : what of it is used here, and what must not be ignored. */
const clusterSchema = z.object({
  server: z.url({ protocol: /^https?$/ }),
  'tls-server-name': z.string().optional(),
  'insecure-skip-tls-verify': z.boolean().optional(),
  'certificate-authority': z.string().optional(),
  'certificate-authority-data': z.base64().optional(),
  'proxy-url': z.string().optional(),
});

const execSchema = z.object({
  apiVersion: z.enum(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
  provideClusterInfo: z.boolean().optional(),
  interactiveMode: z.enum(['Never', 'IfAvailable', 'Always']).optional(),
});

const userSchema = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  'client-certificate': z.string().optional(),
  'client-certificate-data': z.base64().optional(),
  'client-key': z.string().optional(),
  'client-key-data': z.base64().optional(),
  exec: execSchema.nullish(),
  username: z.string().optional(),
  password: z.string().optional(),
  as: z.string().optional(),
  'auth-provider': z.unknown().optional(),
});

const contextSchema = z.object({ cluster: z.string(), user: z.string(), namespace: z.string().optional() });

/** Null where a tool has removed the last entry. */
export const kubeConfigSchema = z.object({
  'current-context': z.string().default(''),
  clusters: z
    .array(z.object({ name: z.string(), cluster: clusterSchema }))
    .nullish()
    .transform((list) => list ?? []),
  users: z
    .array(z.object({ name: z.string(), user: userSchema.nullish().transform((user): KubeConfigUser => user ?? {}) }))
    .nullish()
    .transform((list) => list ?? []),
  contexts: z
    .array(z.object({ name: z.string(), context: contextSchema }))
    .nullish()
    .transform((list) => list ?? []),
});

export type KubeConfigCluster = z.infer<typeof clusterSchema>;
export type KubeConfigUser = z.infer<typeof userSchema>;
export type KubeConfigExec = z.infer<typeof execSchema>;
export type KubeConfigContext = z.infer<typeof contextSchema>;
