import { type ApiKey, type CreatedKey, pathTo, type Session, whatThereIs } from '@kumiki/api';
import { connect, type Connection, type ConnectionFlags, machineKey } from '../client/connect.ts';
import { orWhichKeys } from '../client/explain-key.ts';
import { callJson, RefusedError } from '../client/http-client.ts';
import { listModels } from '../client/list-models.ts';
import { CliError } from '../host/cli-error.ts';
import { formatAge, parseDuration } from '../terminal/format.ts';
import { print, printJson, printNote } from '../terminal/print.ts';
import { requireConsent } from '../terminal/require-consent.ts';
import { formatTable } from '../terminal/table.ts';

type Flags = ConnectionFlags & { readonly json?: boolean };

interface CreateFlags extends Flags {
  readonly role: readonly string[];
  readonly model?: readonly string[];
  readonly project: string;
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly maxConcurrent?: number;
  readonly expiresIn?: string;
}

const path = pathTo('/v1/kumiki/keys');

export async function createKey(name: string, flags: CreateFlags): Promise<void> {
  const connection = connect(flags);
  const key = await callJson<CreatedKey>(connection, path, {
    method: 'POST',
    body: {
      name,
      project: flags.project,
      roles: flags.role,
      models: flags.model ?? null,
      limits: {
        requests_per_minute: flags.requestsPerMinute ?? null,
        tokens_per_minute: flags.tokensPerMinute ?? null,
        max_concurrent: flags.maxConcurrent ?? null,
      },
      expires_at: expiry(flags.expiresIn),
    },
  });
  await noteUnknownModels(connection, flags.model ?? []);
  if (flags.json === true) return printJson(key);
  print(key.value);
  printNote(`This is the key '${name}' (${key.id}). It is not stored and not shown again.`);
}

/** A key may be for models to come, but a mistyped name would only be met when the key is refused. */
async function noteUnknownModels(connection: Connection, models: readonly string[]): Promise<void> {
  if (models.length === 0) return;
  const known = await listModels(connection);
  for (const model of models) {
    if (!known.includes(model)) printNote(`No model '${model}' runs now.${whatThereIs(model, known)}`);
  }
}

function expiry(duration: string | undefined): number | null {
  if (duration === undefined) return null;
  const seconds = parseDuration(duration);
  if (seconds === null || seconds === 0) {
    throw new CliError(`--expires-in: '${duration}' is no duration. Write a number and a unit: 12h, 30d, 2w.`, 2);
  }
  return Math.floor(Date.now() / 1_000) + seconds;
}

export async function listKeys(flags: Flags): Promise<void> {
  const list = await callJson<{ data: ApiKey[] }>(connect(flags), path);
  if (flags.json === true) return printJson(list);
  const now = Date.now() / 1_000;
  print(
    formatTable(
      ['ID', 'NAME', 'PROJECT', 'KEY', 'ROLES', 'MODELS', 'LIMITS', 'AGE', 'EXPIRES'],
      list.data.map((key) => [
        key.id,
        key.name,
        key.project,
        key.redacted_value,
        key.roles.join(','),
        key.models?.join(',') ?? 'all',
        limitsOf(key),
        formatAge(now - key.created_at),
        key.expires_at === null
          ? 'never'
          : key.expires_at <= now
            ? 'has expired'
            : `in ${formatAge(key.expires_at - now)}`,
      ]),
    ),
  );
}

/** Such as `60 requests/min, 3 open`. */
function limitsOf({ limits }: ApiKey): string {
  const { requests_per_minute: requests, tokens_per_minute: tokens, max_concurrent: open } = limits;
  const parts = [
    ...(requests === null ? [] : [`${requests} requests/min`]),
    ...(tokens === null ? [] : [`${tokens} tokens/min`]),
    ...(open === null ? [] : [`${open} open`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(', ');
}

export async function revokeKey(id: string, flags: Flags & { readonly yes?: boolean }): Promise<void> {
  const connection = connect(flags);
  const cutOff = await describeCutOff(connection, id);
  if (cutOff !== null) await requireConsent(cutOff, flags);
  const deletion = callJson(connection, pathTo('/v1/kumiki/keys/:key', { key: id }), { method: 'DELETE' });
  const result = await orWhichKeys(connection, id, deletion);
  if (flags.json === true) printJson(result);
  else print(`key/${id} revoked`);
  // Who was asked has read it.
  if (cutOff !== null && flags.yes === true) printNote(cutOff);
}

/** What becomes of the one who revokes a key, and the way back in; null where it is nobody's key here. */
async function describeCutOff(connection: Connection, id: string): Promise<string | null> {
  const { home } = connection;
  const own = await keyOf(connection);
  const ofMachine = home === null ? null : machineKey(home);
  const machine =
    ofMachine === null || ofMachine === connection.apiKey ? own : await keyOf({ ...connection, apiKey: ofMachine });
  if (home !== null && ofMachine !== null && machine?.id === id) {
    return `This is the key of the CLI on this machine ('${machine.name}'). Once it is revoked, no command here gets in, and browsers that it signed in are signed out. The next start makes another one: 'kumiki down', then 'kumiki up'.`;
  }
  if (own?.id !== id) return null;
  return `This is the key that this command uses ('${own.name}'). Once it is revoked, it lets nobody in any more, and browsers that it signed in are signed out. Another key with the role admin can make a new one ('kumiki key create'); the machine where Kumiki runs has such a key.`;
}

/** What a key is listed as; null where it is not valid, or the product does not say. */
async function keyOf(connection: Connection): Promise<Session['key'] | null> {
  try {
    return (await callJson<Session>(connection, pathTo('/v1/kumiki/session'))).key;
  } catch (error) {
    if (error instanceof RefusedError) return null;
    throw error;
  }
}
