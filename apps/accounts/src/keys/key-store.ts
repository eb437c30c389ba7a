import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KumikiError } from '@kumiki/api';
import {
  draftSuffix,
  encodeState,
  readStateFile,
  refuseStart,
  removeFile,
  replaceFile,
  storing,
  syncFolderNow,
  writeFileAtomic,
} from '@kumiki/service/folder';
import type { AccountsFolder } from '../folder/accounts-folder.ts';
import { formerKeysFile, keyFile, maxKeys, maxKeysBytes, type StoredKey } from './stored-key.ts';

/**
 * The keys of one machine on its disk: a file for each, so that adding one writes one small file, however many there
 * are.
 */
export interface KeyStore {
  /** The keys at the start, oldest first. */
  readonly found: readonly StoredKey[];
  /** Stores a new key. Throws KumikiError `conflict` when the limit is reached. */
  add(key: StoredKey): Promise<void>;
  remove(id: string): Promise<void>;
}

/** Damaged files that a refusal names; a failing disk damages many. */
const maxShown = 3;

/**
 * Opens the folder of keys, and creates it from the single file of earlier versions. Throws KumikiError `conflict` when
 * any key cannot be read: starting with fewer keys would lock people out, and the next change would make that
 * permanent.
 */
export function openKeyStore(home: AccountsFolder): KeyStore {
  const folder = home.keys;
  if (!existsSync(folder)) {
    if (existsSync(home.formerKeys)) unpackFormer(home);
    else makeFolder(home);
  }
  if (existsSync(home.formerKeys)) renameSync(home.formerKeys, `${home.formerKeys}.1`);
  const found = readAll(folder);
  const sizes = new Map(found.map((key) => [key.id, sizeOf(key)]));
  let total = 0;
  for (const size of sizes.values()) total += size;
  return {
    found,
    async add(key) {
      const text = encodeState(keyFile, key);
      const size = sizeOf(key);
      if (sizes.size >= maxKeys) throw noRoom(`There are ${maxKeys} keys, which is the limit`);
      if (total + size > maxKeysBytes) {
        throw noRoom(`The keys would have ${total + size} bytes, more than the limit of ${maxKeysBytes}`);
      }
      sizes.set(key.id, size);
      total += size;
      try {
        await storing(() => replaceFile(pathOf(folder, key.id), text));
      } catch (error) {
        sizes.delete(key.id);
        total -= size;
        throw error;
      }
    },
    async remove(id) {
      await storing(() => removeFile(pathOf(folder, id)));
      total -= sizes.get(id) ?? 0;
      sizes.delete(id);
    },
  };
}

const pathOf = (folder: string, id: string): string => join(folder, `${id}.json`);
const sizeOf = (key: StoredKey): number => Buffer.byteLength(JSON.stringify(key));

function noRoom(reason: string): KumikiError {
  return new KumikiError('conflict', { reason: `${reason}; revoke some first` });
}

function makeFolder(home: AccountsFolder): void {
  if (existsSync(home.pepper)) {
    refuseStart(
      home.keys,
      'it is gone, and with it all keys',
      "Restore it from a backup. If there is none, move the file 'pepper' away: then the next start makes a new key",
    );
  }
  mkdirSync(home.keys, { mode: 0o700 });
  syncFolderNow(home.path);
}

/** The folder is renamed into place when complete; until then the single file is used. */
function unpackFormer(home: AccountsFolder): void {
  const read = readStateFile(home.formerKeys, formerKeysFile);
  if (read.kind !== 'found') {
    const reason = read.kind === 'absent' ? 'it is gone' : read.reason;
    return refuseStart(
      home.formerKeys,
      reason,
      "Restore it from a backup. If there is none, move it and the file 'pepper' away: then all keys are void, and the next start makes a new one",
    );
  }
  const half = `${home.keys}${draftSuffix}`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  for (const key of read.value) writeFileAtomic(pathOf(half, key.id), encodeState(keyFile, key));
  renameSync(half, home.keys);
  syncFolderNow(dirname(home.keys));
}

function readAll(folder: string): StoredKey[] {
  const keys: StoredKey[] = [];
  const damaged: string[] = [];
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    // An unfinished write was never acknowledged.
    if (name.endsWith(draftSuffix)) rmSync(path, { force: true });
    if (!name.endsWith('.json')) continue;
    const read = readStateFile(path, keyFile);
    if (read.kind === 'found' && `${read.value.id}.json` === name) keys.push(read.value);
    else damaged.push(`${name}: ${read.kind === 'damaged' ? read.reason : 'it holds another key'}`);
  }
  if (damaged.length > 0) refuseDamaged(folder, damaged);
  if (keys.length > maxKeys)
    refuseStart(folder, `it holds ${keys.length} keys, more than ${maxKeys}`, 'Move some away');
  return keys.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
}

function refuseDamaged(folder: string, damaged: readonly string[]): never {
  const more = damaged.length > maxShown ? ` and ${damaged.length - maxShown} more` : '';
  return refuseStart(
    folder,
    `${damaged.slice(0, maxShown).join('; ')}${more}`,
    'Restore the file from a backup, or move it away: then that key alone is void',
  );
}
