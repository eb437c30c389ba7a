import { checkApiKeyFormat } from '@kumiki/api';
import { readPlainFile, refuseStart, writeFileAtomic } from '@kumiki/service/folder';

/** Longest file; a key has about 60 bytes. */
const maxBytes = 1_024;

/** The key of this machine's CLI; null when its file is missing. Throws KumikiError for a damaged one. */
export function readAdminKey(path: string): string | null {
  const read = readPlainFile(path, maxBytes);
  if (read.kind === 'absent') return null;
  if (read.kind === 'damaged') return refuseStart(path, read.reason, choices);
  const key = read.value.toString().trim();
  if (checkApiKeyFormat(key) === 'valid') return key;
  return refuseStart(path, 'it holds no whole key', choices);
}

const choices =
  'Restore it from a backup, or move it away: then the next start makes another key, and the one before can be revoked';

export function writeAdminKey(path: string, key: string): void {
  writeFileAtomic(path, `${key}\n`);
}
