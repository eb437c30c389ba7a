import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KubeAccessError } from './kube-access.ts';
import {
  type KubeConfigCluster,
  type KubeConfigContext,
  type KubeConfigUser,
  kubeConfigSchema,
} from './kube-config-schema.ts';

/** A kubeconfig of a person with hundreds of clusters. */
const maxConfigBytes = 8_388_608;

/** One context of a kubeconfig with what it names. Paths in it are absolute. */
export interface KubeConfig {
  readonly contextName: string;
  readonly context: KubeConfigContext;
  readonly cluster: KubeConfigCluster;
  readonly user: KubeConfigUser;
}

/** Variables of the environment that say where an API server is. */
export interface KubeEnvironment {
  readonly [name: string]: string | undefined;
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
  readonly KUBERNETES_SERVICE_HOST?: string | undefined;
  readonly KUBERNETES_SERVICE_PORT?: string | undefined;
}

/** The files that KUBECONFIG lists, or the one of the home folder; only those that exist. */
export function kubeConfigFiles({ KUBECONFIG, HOME }: KubeEnvironment): string[] {
  const listed = (KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  const files = listed.length > 0 ? listed : HOME === undefined ? [] : [join(HOME, '.kube', 'config')];
  return files.filter((path) => existsSync(path));
}

/**
 * Reads one context, the current one unless another is named. Of several files the first that has a name says what it
 * is, as for kubectl. Throws KubeAccessError.
 */
export function readKubeConfig(files: readonly string[], contextName?: string): KubeConfig {
  const parsed = files.map(readFile);
  const wanted = contextName ?? parsed.map((one) => one['current-context']).find((name) => name !== '');
  const where = files.join(', ');
  if (wanted === undefined) throw new KubeAccessError(`no current-context in ${where}`);
  const find = <Entry extends { readonly name: string }>(
    what: string,
    lists: readonly Entry[],
    name: string,
  ): Entry => {
    const found = lists.find((entry) => entry.name === name);
    if (found !== undefined) return found;
    const known = lists.map((entry) => entry.name).join(', ');
    throw new KubeAccessError(`no ${what} is named '${name}' in ${where}; there are: ${known === '' ? 'none' : known}`);
  };
  const { context } = find(
    'context',
    parsed.flatMap((one) => one.contexts),
    wanted,
  );
  const { cluster } = find(
    'cluster',
    parsed.flatMap((one) => one.clusters),
    context.cluster,
  );
  const { user } = find(
    'user',
    parsed.flatMap((one) => one.users),
    context.user,
  );
  requireSupported(context.user, user, cluster);
  return { contextName: wanted, context, cluster, user };
}

/** Members that change who the caller is or what it talks to: to ignore one would be to act as somebody else. */
function requireSupported(name: string, user: KubeConfigUser, cluster: KubeConfigCluster): void {
  const found = [
    user.as !== undefined && 'as (impersonation)',
    user['auth-provider'] != null && 'auth-provider (use exec)',
    (user.username ?? user.password) !== undefined && 'username and password',
    cluster['proxy-url'] !== undefined && 'proxy-url',
  ].filter((one) => one !== false);
  if (found.length > 0)
    throw new KubeAccessError(`user '${name}' of the kubeconfig has what is not supported: ${found.join(', ')}`);
}

function readFile(path: string): z.infer<typeof kubeConfigSchema> {
  let content: unknown;
  try {
    if (statSync(path).size > maxConfigBytes) throw new KubeAccessError(`it has more than ${maxConfigBytes} bytes`);
    content = parse(readFileSync(path, 'utf8'), { maxAliasCount: 100 });
  } catch (error) {
    throw new KubeAccessError(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
  const result = kubeConfigSchema.safeParse(content);
  // The message of the problem names members, never their values, which may be secrets.
  if (!result.success) throw new KubeAccessError(`${path} is no kubeconfig: ${z.prettifyError(result.error)}`);
  return resolvePaths(result.data, dirname(resolve(path)));
}

/** Paths are relative to the file that names them; a command without a slash is looked up on the path. */
function resolvePaths(config: z.infer<typeof kubeConfigSchema>, folder: string): z.infer<typeof kubeConfigSchema> {
  const at = (path: string): string => (isAbsolute(path) ? path : join(folder, path));
  const resolved = <Entry extends object>(entry: Entry, names: readonly string[]): Entry =>
    Object.fromEntries(
      Object.entries(entry).map(([name, value]) => [name, names.includes(name) ? at(String(value)) : value]),
    ) as Entry;
  return {
    ...config,
    clusters: config.clusters.map(({ name, cluster }) => ({
      name,
      cluster: resolved(cluster, ['certificate-authority']),
    })),
    users: config.users.map(({ name, user }) => ({
      name,
      user: {
        ...resolved(user, ['tokenFile', 'client-certificate', 'client-key']),
        ...(user.exec && {
          exec: { ...user.exec, command: user.exec.command.includes('/') ? at(user.exec.command) : user.exec.command },
        }),
      },
    })),
  };
}
