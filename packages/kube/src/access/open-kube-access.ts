import { createExecPlugin } from './exec-plugin.ts';
import { openInCluster } from './in-cluster.ts';
import { type KubeAccess, KubeAccessError, type TlsMaterial } from './kube-access.ts';
import { type KubeConfig, type KubeEnvironment, kubeConfigFiles, readKubeConfig } from './read-kube-config.ts';
import { type RotatingFile, createRotatingFile } from './rotating-file.ts';

export interface OpenAccessOptions {
  /** Of the process: its `config.ts` gives it. A plugin of a kubeconfig gets all of it. */
  readonly environment: KubeEnvironment;
  /** A context of the kubeconfig; absent for its current one. */
  readonly context?: string;
}

/**
 * The access of this process: a kubeconfig where there is one (KUBECONFIG, else `~/.kube/config`), otherwise the service
 * account of its pod. Throws KubeAccessError where there is neither.
 */
export function openKubeAccess({ environment, context }: OpenAccessOptions): KubeAccess {
  const files = kubeConfigFiles(environment);
  if (files.length > 0) return openKubeConfig(readKubeConfig(files, context), environment);
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = environment;
  if (host !== undefined && host !== '') return openInCluster({ host, port });
  throw new KubeAccessError(
    'no Kubernetes is known: set KUBECONFIG, have a ~/.kube/config, or run in a pod with a service account',
  );
}

/** The access that a context of a kubeconfig describes. Files that it names are read again as they change. */
export function openKubeConfig({ context, cluster, user }: KubeConfig, environment: KubeEnvironment): KubeAccess {
  const ca = openValue(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const certificate = openValue(user['client-certificate-data'], user['client-certificate']);
  const key = openValue(user['client-key-data'], user['client-key']);
  const tokenFile = user.tokenFile === undefined ? null : createRotatingFile(user.tokenFile);
  const plugin = user.exec == null ? null : createExecPlugin({ exec: user.exec, cluster, environment });
  let tls: TlsMaterial | null = null;
  return {
    server: cluster.server,
    namespace: context.namespace === undefined || context.namespace === '' ? 'default' : context.namespace,
    async credentials() {
      const made = plugin === null ? null : await plugin.credential();
      const next = {
        ca: ca?.read() ?? null,
        certificate: made?.certificate ?? certificate?.read() ?? null,
        key: made?.key ?? key?.read() ?? null,
        serverName: cluster['tls-server-name'] ?? null,
        insecure: cluster['insecure-skip-tls-verify'] === true,
      };
      // The same material stays the same object, so that its connections are kept.
      if (tls === null || tls.ca !== next.ca || tls.certificate !== next.certificate || tls.key !== next.key)
        tls = next;
      const token = made?.token ?? tokenFile?.read().trim() ?? user.token;
      return { tls, authorization: token === undefined ? null : `Bearer ${token}` };
    },
    reload() {
      plugin?.reload();
      for (const file of [ca, certificate, key, tokenFile]) file?.reload();
    },
  };
}

/** A value that a kubeconfig has in itself or in a file; its own wins. */
function openValue(data: string | undefined, path: string | undefined): RotatingFile | null {
  if (data !== undefined) {
    const text = Buffer.from(data, 'base64').toString('utf8');
    return { read: () => text, reload: () => undefined };
  }
  return path === undefined ? null : createRotatingFile(path);
}
