import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '../environment/config.ts';

/** A process of its own starts within a tenth of a second; a busy machine needs longer. */
const probeTimeoutMs = 30_000;

/**
 * Has another process look at a lock that this one holds: some file systems say yes to every lock.
 * @returns half a sentence why the lock does not hold, or null.
 */
export function probeLock(path: string): Promise<string | null> {
  const entry = fileURLToPath(new URL('look-at-lock.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [entry, path],
      { timeout: probeTimeoutMs, env: inheritedEnvironment() },
      (error, stdout) => {
        if (error !== null) resolve(`another process could not look at it (${error.message.split('\n')[0]})`);
        else if (stdout === 'locked') resolve(null);
        else resolve('the file system lets a second process in beside the first');
      },
    );
  });
}
