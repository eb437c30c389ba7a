import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSecretValue, KumikiError, secretKeySchema, type SecretKeyRef, secretNameSchema } from '@kumiki/api';
import { writeFileAtomic } from '@kumiki/service/folder';
import { z } from 'zod';

/** Most secrets of one machine. */
const maxSecrets = 1_024;
/** Most values of one secret. */
const maxKeysOfSecret = 64;
/** A larger file was not written by Kumiki. */
const maxFileBytes = 16_384;

const storedSchema = z.object({
  version: z.literal(1),
  /** Unix seconds. */
  set_at: z.int(),
  value: z.string().refine(isSecretValue),
});

/** A registered value, without the value. */
export interface SecretEntry extends SecretKeyRef {
  /** Unix seconds; null when its file is unusable. */
  readonly setAt: number | null;
}

export interface SecretStore {
  /** The value, or null when it is not registered or its file is unusable. */
  read(secret: SecretKeyRef): string | null;
  /** The registered values, by name and key. */
  list(): SecretEntry[];
  /** Registers or replaces a value. Throws KumikiError when a limit is reached or the value is not a valid key. */
  set(secret: SecretKeyRef, value: string, nowUnix: number): void;
  /** Deletes a value, or without a key all values of the secret. @returns whether any existed. */
  delete(name: string, key: string | null): boolean;
  /** The file of a value, for watching changes. */
  pathOf(secret: SecretKeyRef): string;
}

/**
 * The secrets of a machine: a folder for each name, a file for each key in it, readable by the operator alone. The
 * command line writes it and the running product reads it; nothing over the network does either.
 */
export function openSecretStore(folder: string): SecretStore {
  const pathOf = ({ name, key }: SecretKeyRef): string => join(folder, name, `${key}.json`);
  return {
    pathOf,
    read: (secret) => readStored(pathOf(secret))?.value ?? null,
    list: () =>
      namesIn(folder, secretNameSchema).flatMap((name) =>
        keysIn(join(folder, name)).map((key) => ({
          name,
          key,
          setAt: readStored(pathOf({ name, key }))?.set_at ?? null,
        })),
      ),
    set(secret, value, nowUnix) {
      if (!isSecretValue(value)) throw notASecret(secret.name);
      const names = namesIn(folder, secretNameSchema);
      if (!names.includes(secret.name) && names.length >= maxSecrets) {
        throw new KumikiError('conflict', { reason: `One machine keeps at most ${maxSecrets} secrets` });
      }
      const keys = keysIn(join(folder, secret.name));
      if (!keys.includes(secret.key) && keys.length >= maxKeysOfSecret) {
        throw new KumikiError('conflict', { reason: `One secret has at most ${maxKeysOfSecret} keys` });
      }
      mkdirSync(join(folder, secret.name), { recursive: true, mode: 0o700 });
      writeFileAtomic(pathOf(secret), `${JSON.stringify({ version: 1, set_at: nowUnix, value })}\n`);
    },
    delete(name, key) {
      const keys = keysIn(join(folder, name)).filter((one) => key === null || one === key);
      for (const one of keys) rmSync(pathOf({ name, key: one }), { force: true });
      if (keysIn(join(folder, name)).length === 0) rmSync(join(folder, name), { recursive: true, force: true });
      return keys.length > 0;
    },
  };
}

function notASecret(name: string): KumikiError {
  return new KumikiError('invalid_value', {
    param: name,
    reason: 'a secret is one line of letters, digits and signs of ASCII, 4,096 at most',
  });
}

function readStored(path: string): z.infer<typeof storedSchema> | null {
  try {
    const found = lstatSync(path);
    // Links are refused, since one could expose any file of the machine as a secret.
    if (!found.isFile() || found.size > maxFileBytes) return null;
    return storedSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    // Neither the reason nor the path may reach a client, so any failure counts as missing.
    return null;
  }
}

function namesIn(folder: string, schema: z.ZodType<string>): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => schema.safeParse(name).success)
      .toSorted();
  } catch {
    return [];
  }
}

function keysIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -'.json'.length))
      .filter((key) => secretKeySchema.safeParse(key).success)
      .toSorted();
  } catch {
    return [];
  }
}
