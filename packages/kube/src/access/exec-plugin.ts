import { execFile } from 'node:child_process';
import { z } from 'zod';
import { KubeAccessError } from './kube-access.ts';
import type { KubeConfigCluster, KubeConfigExec } from './kube-config-schema.ts';
import type { KubeEnvironment } from './read-kube-config.ts';

/** A plugin that asks a cloud for a token. */
const pluginDeadlineMs = 60_000;
const maxOutputBytes = 1_048_576;
/** A token is replaced this long before its end, since a request with it takes time. */
const earlyMs = 60_000;

/** https://kubernetes.io/docs/reference/config-api/client-authentication.v1/ */
const credentialSchema = z.object({
  kind: z.literal('ExecCredential'),
  apiVersion: z.string(),
  status: z
    .object({
      expirationTimestamp: z.iso.datetime({ offset: true }).optional(),
      token: z.string().min(1).optional(),
      clientCertificateData: z.string().optional(),
      clientKeyData: z.string().optional(),
    })
    .refine(
      ({ token, clientCertificateData, clientKeyData }) =>
        token !== undefined || (clientCertificateData !== undefined && clientKeyData !== undefined),
      'has neither a token nor a certificate with its key',
    ),
});

export interface ExecCredential {
  readonly token: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

export interface ExecPlugin {
  /** The credential, from a new run of the plugin where the last one has ended. Throws KubeAccessError. */
  credential(): Promise<ExecCredential>;
  /** Runs the plugin at the next call. */
  reload(): void;
}

export interface ExecPluginOptions {
  readonly exec: KubeConfigExec;
  readonly cluster: KubeConfigCluster;
  readonly environment: KubeEnvironment;
  /** Of the wall clock, which tokens end by. */
  readonly now?: () => number;
}

/** The plugin of a kubeconfig. Several calls at once wait for one run of it. */
export function createExecPlugin({ exec, cluster, environment, now = Date.now }: ExecPluginOptions): ExecPlugin {
  let held: { readonly credential: ExecCredential; readonly endsAt: number } | null = null;
  let running: Promise<ExecCredential> | null = null;
  const run = async (): Promise<ExecCredential> => {
    const status = readCredential(exec, await runPlugin(exec, cluster, environment));
    const { token = null, clientCertificateData = null, clientKeyData = null, expirationTimestamp } = status;
    const credential = { token, certificate: clientCertificateData, key: clientKeyData };
    const endsAt = expirationTimestamp === undefined ? Infinity : Date.parse(expirationTimestamp) - earlyMs;
    // The same certificate is the same object, so that connections are kept.
    held = { credential, endsAt };
    return credential;
  };
  return {
    async credential() {
      if (held !== null && now() < held.endsAt) return held.credential;
      running ??= run().finally(() => {
        running = null;
      });
      return running;
    },
    reload() {
      held = null;
    },
  };
}

function readCredential(exec: KubeConfigExec, output: string): z.infer<typeof credentialSchema>['status'] {
  let content: unknown = null;
  try {
    content = JSON.parse(output);
  } catch {
    // The check below says what is missing, and shows nothing of an output that may hold a secret.
  }
  const result = credentialSchema.safeParse(content);
  if (!result.success)
    throw new KubeAccessError(`${exec.command} has printed no ExecCredential: ${z.prettifyError(result.error)}`);
  if (result.data.apiVersion !== exec.apiVersion)
    throw new KubeAccessError(
      `${exec.command} answers in ${result.data.apiVersion}; the kubeconfig wants ${exec.apiVersion}`,
    );
  return result.data.status;
}

function runPlugin(exec: KubeConfigExec, cluster: KubeConfigCluster, environment: KubeEnvironment): Promise<string> {
  if (exec.interactiveMode === 'Always')
    return Promise.reject(new KubeAccessError(`${exec.command} wants a terminal, which a service does not have`));
  const info = {
    apiVersion: exec.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(exec.provideClusterInfo === true && { cluster: clusterInfo(cluster) }) },
  };
  const added = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const env = { ...environment, ...added, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const options = { env, timeout: pluginDeadlineMs, maxBuffer: maxOutputBytes, killSignal: 'SIGKILL' } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(exec.command, exec.args ?? [], options, (error, stdout, stderr) => {
      if (error === null) {
        resolve(stdout);
        return;
      }
      const hint = exec.installHint === undefined ? '' : `\n${exec.installHint}`;
      const said = stderr.trim().slice(0, 2_048);
      reject(new KubeAccessError(`${exec.command} failed: ${said === '' ? error.message : said}${hint}`));
    });
    child.stdin?.end();
  });
}

function clusterInfo(cluster: KubeConfigCluster): object {
  return {
    server: cluster.server,
    'tls-server-name': cluster['tls-server-name'],
    'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
    'certificate-authority-data': cluster['certificate-authority-data'],
  };
}
