import { randomBytes } from 'node:crypto';
import { type CreateKeyBody, type KeyRecord, makeApiKey, noKeyLimits, redactApiKey } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { storing } from '@kumiki/service/folder';
import type { AccountsFolder } from '../folder/accounts-folder.ts';
import { readAdminKey, writeAdminKey } from './admin-key-file.ts';
import type { KeyStore } from './key-store.ts';
import { serviceRecord } from './service-keys.ts';
import type { StoredKey } from './stored-key.ts';

export interface AdminKey {
  readonly id: string;
  readonly key: string;
  readonly isNew: boolean;
}

export interface KeyRing {
  records(): readonly StoredKey[];
  /** Name of a key; null when it does not exist. */
  nameOf(id: string): string | null;
  /** Creates a key. The returned text is the only copy of it. */
  create(body: CreateKeyBody): Promise<{ record: StoredKey; key: string }>;
  /** @returns false when there is no such key. */
  revoke(id: string): Promise<boolean>;
  /**
   * The key of this machine's CLI, from its file. A new one is created when the file is missing or its key was revoked.
   */
  adminKey(): Promise<AdminKey>;
  /** Lets a service in with its key. It counts as long as the process runs, and is neither stored nor listed. */
  addServiceKey(name: string, paths: readonly string[], key: string): void;
  /** The same for keys that were read from files. */
  addServiceKeys(records: readonly KeyRecord[]): void;
  /** The snapshot for gateways: the stored keys and the service keys. */
  snapshot(): readonly KeyRecord[];
  /** Calls back with every new snapshot. Who changed the keys waits until it has been heard. */
  onChange(listener: (records: readonly KeyRecord[]) => unknown): void;
}

/** What routes need of the keys, wherever they are stored. */
export type Keys = Pick<KeyRing, 'records' | 'nameOf' | 'create' | 'revoke'>;

/** @param nowSeconds Unix seconds. */
export function openKeyRing(
  home: Pick<AccountsFolder, 'adminKey'>,
  store: KeyStore,
  pepper: Buffer,
  nowSeconds: () => number,
): KeyRing {
  let keys: readonly StoredKey[] = store.found;
  let serviceKeys: readonly KeyRecord[] = [];
  const listeners = new Set<(records: readonly KeyRecord[]) => unknown>();
  const hash = createSecretHash(pepper);

  const snapshot = (): readonly KeyRecord[] => [...keys.map(recordOf), ...serviceKeys];
  const tell = (): Promise<unknown> => Promise.all([...listeners].map((listener) => listener(snapshot())));

  const create: KeyRing['create'] = async (body) => {
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
    await store.add(record);
    keys = [...keys, record];
    await tell();
    return { record, key };
  };

  const addServiceKeys = (records: readonly KeyRecord[]): void => {
    serviceKeys = [...serviceKeys, ...records];
    void tell();
  };

  return {
    records: () => keys,
    nameOf: (id) => keys.find((key) => key.id === id)?.name ?? null,
    create,
    async revoke(id) {
      if (!keys.some((key) => key.id === id)) return false;
      await store.remove(id);
      const rest = keys.filter((key) => key.id !== id);
      // Of two concurrent revocations only the first has an effect.
      if (rest.length === keys.length) return false;
      keys = rest;
      await tell();
      return true;
    },
    async adminKey() {
      const stored = readAdminKey(home.adminKey);
      const known = stored === null ? undefined : keys.find((key) => key.hash === hash(stored));
      if (stored !== null && known !== undefined) return { id: known.id, key: stored, isNew: false };
      const { record, key } = await create({ ...adminKeyBody, name: 'this machine' });
      await storing(async () => writeAdminKey(home.adminKey, key));
      return { id: record.id, key, isNew: true };
    },
    addServiceKey: (name, paths, key) => addServiceKeys([serviceRecord(name, paths, hash(key))]),
    addServiceKeys,
    snapshot,
    onChange: (listener) => void listeners.add(listener),
  };
}

/** What a gateway must know of a key. */
function recordOf({ created: _created, redacted: _redacted, ...record }: StoredKey): KeyRecord {
  return record;
}

/** A key with all rights on this machine. */
const adminKeyBody: Omit<CreateKeyBody, 'name'> = {
  project: 'default',
  roles: ['inference', 'admin'],
  models: null,
  limits: noKeyLimits,
  expires_at: null,
};
