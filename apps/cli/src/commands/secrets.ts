import { type ModelService, secretKeySchema, secretNameSchema, whatThereIs } from '@kumiki/api';
import { homePaths, openHome, openSecretStore, readStoredManifests, type SecretEntry } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';
import { formatAge } from '../terminal/format.ts';
import { print, printJson } from '../terminal/print.ts';
import { readSecret } from '../terminal/read-secret.ts';
import { formatTable } from '../terminal/table.ts';

/** The operator of the machine edits secrets in the state folder; they cannot be read or changed over the network. */
interface Flags {
  readonly home?: string;
  readonly json?: boolean;
}

const homeOf = (flags: Flags): string => flags.home ?? readCliConfig().home;

export async function setSecret(
  name: string,
  flags: Flags & { readonly key: string; readonly excess: boolean },
): Promise<void> {
  if (flags.excess) {
    throw new CliError(
      'A secret is no argument, which every process of the machine could read. Type it at the prompt, or send it to standard input.',
      2,
    );
  }
  const secret = { name: checked(secretNameSchema, name, 'name'), key: checked(secretKeySchema, flags.key, 'key') };
  const home = openHome(homeOf(flags));
  const value = await readSecret(`Value of ${name} (${flags.key}), which is not shown: `);
  openSecretStore(home.secrets).set(secret, value, Math.floor(Date.now() / 1_000));
  if (flags.json === true) printJson({ object: 'kumiki.secret', ...secret });
  else print(`secret/${name} set`);
}

export function listSecrets(flags: Flags): void {
  const home = homePaths(homeOf(flags));
  const manifests = readStoredManifests(home.services);
  const entries = openSecretStore(home.secrets)
    .list()
    .map((entry) => ({ ...entry, usedBy: usersOf(manifests, entry.name, entry.key) }));
  if (flags.json === true) {
    const data = entries.map(({ name, key, setAt, usedBy }) => ({
      object: 'kumiki.secret',
      name,
      key,
      set_at: setAt,
      used_by: usedBy,
    }));
    return printJson({ object: 'list', data });
  }
  const now = Date.now() / 1_000;
  const age = ({ setAt }: SecretEntry): string => (setAt === null ? 'unreadable' : formatAge(now - setAt));
  const rows = entries.map((entry) => [entry.name, entry.key, age(entry), entry.usedBy.join(', ')]);
  print(formatTable(['NAME', 'KEY', 'AGE', 'USED BY'], rows));
}

export function deleteSecret(name: string, flags: Flags & { readonly key?: string; readonly force?: boolean }): void {
  const key = flags.key === undefined ? null : checked(secretKeySchema, flags.key, 'key');
  const home = homePaths(homeOf(flags));
  const users = usersOf(readStoredManifests(home.services), checked(secretNameSchema, name, 'name'), key);
  if (users.length > 0 && flags.force !== true) {
    throw new CliError(
      `The secret '${name}' is used by: ${users.join(', ')}. Change or delete these first, or take it from them with --force.`,
    );
  }
  const store = openSecretStore(home.secrets);
  if (!store.delete(name, key)) throw new CliError(noSuchSecret(name, key, store.list()));
  if (flags.json === true) printJson({ object: 'kumiki.secret.deleted', name, deleted: true });
  else print(`secret/${name} deleted`);
}

function noSuchSecret(name: string, key: string | null, entries: readonly SecretEntry[]): string {
  const keys = entries.filter((entry) => entry.name === name).map((entry) => entry.key);
  if (key !== null && keys.length > 0) return `The secret '${name}' has no key '${key}'.${whatThereIs(key, keys)}`;
  const names = entries.map((entry) => entry.name);
  return `There is no secret '${name}' here.${whatThereIs(name, names)}`;
}

/** Services that use a secret; without a key, any value of it. */
function usersOf(manifests: readonly ModelService[], name: string, key: string | null): string[] {
  return manifests
    .filter(({ spec: { engine } }) => {
      const used = engine?.kind === 'openai' ? engine.apiKeyFrom?.secretKeyRef : undefined;
      return used?.name === name && (key === null || used.key === key);
    })
    .map(({ metadata }) => metadata.name)
    .toSorted();
}

function checked(schema: typeof secretNameSchema, value: string, what: string): string {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new CliError(`The ${what} '${value}' of a secret ${result.error.issues[0]?.message ?? 'is not valid'}.`, 2);
}
