import { join } from 'node:path';
import { type KubeAccess, KubeAccessError, type TlsMaterial } from './kube-access.ts';
import { type RotatingFile, createRotatingFile } from './rotating-file.ts';

const accountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface InClusterOptions {
  /** `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` of the pod. */
  readonly host: string;
  readonly port: string;
  /** Where the service account is mounted. */
  readonly folder?: string;
  readonly monotonicMs?: () => number;
}

/** The access of a pod by its service account. kubelet replaces its token each hour, and an installer its authority. */
export function openInCluster({ host, port, folder = accountFolder, monotonicMs }: InClusterOptions): KubeAccess {
  const [token, ca, namespace] = ['token', 'ca.crt', 'namespace'].map((name) =>
    createRotatingFile(join(folder, name), monotonicMs),
  ) as [RotatingFile, RotatingFile, RotatingFile];
  let tls: TlsMaterial | null = null;
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(url)) throw new KubeAccessError(`KUBERNETES_SERVICE_HOST and _PORT make no URL: ${url}`);
  return {
    server: url,
    namespace: namespace.read().trim(),
    async credentials() {
      const authority = ca.read();
      if (tls?.ca !== authority)
        tls = { ca: authority, certificate: null, key: null, serverName: null, insecure: false };
      return { tls, authorization: `Bearer ${token.read().trim()}` };
    },
    reload() {
      token.reload();
      ca.reload();
    },
  };
}
