import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  checkApiKeyFormat,
  type CreateKeyBody,
  grantableRoles,
  type KeyRecord,
  KumikiError,
  makeApiKey,
  redactApiKey,
} from '@kumiki/api';
import { z } from 'zod';
import { writeFileAtomic } from '../home/atomic-file.ts';
import type { HomeFolder } from '../home/home-folder.ts';
import { readStateFile } from '../home/state-file.ts';

const limit = z.number().positive().nullable();
const storedKeySchema = z.object({
  id: z.string(),
  name: z.string(),
  project: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  roles: z.array(z.enum(grantableRoles)),
  models: z.array(z.string()).nullable(),
  limits: z.object({ requestsPerMinute: limit, tokensPerMinute: limit, maxConcurrent: limit }),
  expiresAt: z.int().nullable(),
  created: z.int(),
  redacted: z.string(),
});
/** A key as it is stored: its hash, never itself. */
export type StoredKey = z.infer<typeof storedKeySchema>;

/** Most keys of one machine. */
const maxKeys = 10_000;

export interface AdminKey {
  readonly id: string;
  readonly key: string;
  readonly isNew: boolean;
}

export interface KeyRing {
  records(): readonly StoredKey[];
  /** Makes a key. The returned text is the only copy of it. */
  create(body: CreateKeyBody): { record: StoredKey; key: string };
  /** @returns false when there is no such key. */
  revoke(id: string): boolean;
  /** The key that this machine's own CLI uses, from its file; made anew when the file is gone or no longer valid. */
  adminKey(): AdminKey;
  /** A key for a service of this process. It lives as long as the process, and is neither stored nor listed. */
  serviceKey(name: string): string;
  /** What a gateway must know: the stored keys and those of services. */
  snapshot(): readonly KeyRecord[];
  /** Tells of every new snapshot. */
  onChange(listener: (records: readonly KeyRecord[]) => void): void;
}

/** Reads the stored keys; a damaged file is moved aside and `report` says so. */
export function openKeyRing(
  home: HomeFolder,
  pepper: Buffer,
  nowSeconds: () => number,
): { ring: KeyRing; report: string | null } {
  const read = readStateFile(home.keys, z.array(storedKeySchema).max(maxKeys));
  let keys: readonly StoredKey[] = read.kind === 'found' ? read.value : [];
  let serviceKeys: readonly KeyRecord[] = [];
  const listeners = new Set<(records: readonly KeyRecord[]) => void>();
  const hash = (key: string): string => createHmac('sha256', pepper).update(key).digest('hex');

  const snapshot = (): readonly KeyRecord[] => [...keys, ...serviceKeys];
  const tell = (): void => {
    for (const listener of listeners) listener(snapshot());
  };
  const replace = (next: readonly StoredKey[]): void => {
    writeFileAtomic(home.keys, `${JSON.stringify(next, null, 2)}\n`);
    keys = next;
    tell();
  };

  const create: KeyRing['create'] = (body) => {
    if (keys.length >= maxKeys) {
      throw new KumikiError('conflict', { reason: `There are ${maxKeys} keys, which is the limit; revoke some first` });
    }
    const key = makeApiKey(randomBytes);
    const record: StoredKey = {
      id: `key_${randomBytes(9).toString('hex')}`,
      name: body.name,
      project: body.project,
      hash: hash(key),
      roles: body.roles,
      models: body.models,
      limits: body.limits,
      expiresAt: body.expires_at,
      created: nowSeconds(),
      redacted: redactApiKey(key),
    };
    replace([...keys, record]);
    return { record, key };
  };

  const ring: KeyRing = {
    records: () => keys,
    create,
    revoke(id) {
      const rest = keys.filter((key) => key.id !== id);
      if (rest.length === keys.length) return false;
      replace(rest);
      return true;
    },
    adminKey() {
      const stored = existsSync(home.adminKey) ? readFileSync(home.adminKey, 'utf8').trim() : '';
      const known = checkApiKeyFormat(stored) === 'valid' ? keys.find((key) => key.hash === hash(stored)) : undefined;
      if (known !== undefined) return { id: known.id, key: stored, isNew: false };
      const { record, key } = create({ ...adminKeyBody, name: 'this machine' });
      writeFileAtomic(home.adminKey, `${key}\n`);
      return { id: record.id, key, isNew: true };
    },
    serviceKey(name) {
      const key = makeApiKey(randomBytes);
      serviceKeys = [...serviceKeys, serviceRecord(name, hash(key))];
      tell();
      return key;
    },
    snapshot,
    onChange: (listener) => void listeners.add(listener),
  };
  return { ring, report: read.kind === 'moved-aside' ? read.report : null };
}

const noLimits = { requestsPerMinute: null, tokensPerMinute: null, maxConcurrent: null };

/** It acts for other keys and owns nothing itself. */
function serviceRecord(name: string, hash: string): KeyRecord {
  return {
    id: `key_service_${name}`,
    name,
    project: 'kumiki',
    hash,
    roles: ['service'],
    models: null,
    limits: noLimits,
    expiresAt: null,
  };
}

/** A key that may do everything on this machine. */
const adminKeyBody: Omit<CreateKeyBody, 'name'> = {
  project: 'default',
  roles: ['inference', 'admin'],
  models: null,
  limits: noLimits,
  expires_at: null,
};
