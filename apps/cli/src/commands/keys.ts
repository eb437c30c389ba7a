import { type ApiKey, type CreatedKey, pathTo } from '@kumiki/api';
import { connect, type ConnectionFlags } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { CliError } from '../host/cli-error.ts';
import { formatAge, parseDuration } from '../terminal/format.ts';
import { print, printJson, printNote } from '../terminal/print.ts';
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
  const key = await callJson<CreatedKey>(connect(flags), path, {
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
  if (flags.json === true) return printJson(key);
  print(key.value);
  printNote(`This is the key '${name}' (${key.id}). It is not stored and not shown again.`);
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
      ['ID', 'NAME', 'PROJECT', 'KEY', 'ROLES', 'MODELS', 'AGE', 'EXPIRES'],
      list.data.map((key) => [
        key.id,
        key.name,
        key.project,
        key.redacted_value,
        key.roles.join(','),
        key.models?.join(',') ?? 'all',
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

export async function revokeKey(id: string, flags: Flags): Promise<void> {
  const result = await callJson(connect(flags), pathTo('/v1/kumiki/keys/:key', { key: id }), { method: 'DELETE' });
  if (flags.json === true) printJson(result);
  else print(`key/${id} revoked`);
}
