import { closeSync, constants, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file atomically and durably: write, `fsync`, rename, `fsync` of the folder. After a crash at any moment
 * the file has the old content or the new one, never a part. When this returns, it has the new one; when it fails, the
 * old one.
 */
export async function replaceFile(path: string, content: string | Uint8Array): Promise<void> {
  await stageFile(path, content);
  await rename(draftOf(path), path);
  await syncFolder(dirname(path));
}

/** Writes the new content beside the file, ready to be renamed. Removes it on failure. */
export async function stageFile(path: string, content: string | Uint8Array): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, draftFlags, fileMode);
    try {
      await file.chmod(fileMode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Renames staged files to their names. All must be in one folder. */
export async function nameStaged(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rename(draftOf(path), path);
  for (const folder of new Set(paths.map(dirname))) await syncFolder(folder);
}

export async function dropStaged(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(draftOf(path), { force: true });
}

/**
 * Overwrites a file in place with shorter content, which works on a full disk. A concurrent reader may see a part of
 * it.
 * @returns false when the file is shorter than the content; nothing was written then.
 */
export async function overwriteFile(path: string, content: string): Promise<boolean> {
  const bytes = Buffer.from(content);
  const file = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    if ((await file.stat()).size < bytes.length) return false;
    for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at, bytes.length - at, at)).bytesWritten;
    await file.truncate(bytes.length);
    await file.sync();
    return true;
  } finally {
    await file.close();
  }
}

/** Removes a file durably. A missing file counts as removed. */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncFolder(dirname(path));
}

/** Synchronous `replaceFile`, for a process's start and for commands. */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const draft = draftOf(path);
  try {
    const file = openSync(draft, draftFlags, fileMode);
    try {
      fchmodSync(file, fileMode);
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  renameSync(draft, path);
  syncFolderNow(dirname(path));
}

/** Makes renames in a folder durable. Windows has no such call and needs none. */
export function syncFolderNow(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/**
 * Suffix of a file that is being written. One left by a killed process is overwritten, or removed by the next start.
 */
export const draftSuffix = '.new';
const draftOf = (path: string): string => `${path}${draftSuffix}`;

const fileMode = 0o600;
/** Does not follow links, since a link with the draft's name could redirect the write. Windows has no such flag. */
const draftFlags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
