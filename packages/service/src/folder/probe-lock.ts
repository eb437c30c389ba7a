import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '../environment/config.ts';

/** A process usually starts within 100 ms; a busy machine needs longer. */
const probeTimeoutMs = 30_000;

/**
 * Checks from another process that a lock of this one holds, since some file systems grant every lock.
 * @returns why it does not hold, as part of a sentence, or null.
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
