import { KumikiError } from '@kumiki/api/errors';

const remedies: Readonly<Record<string, string>> = {
  ENOSPC: 'Its disk is full: free some space, then try again',
  EDQUOT: 'The quota of its disk is used up: free some space, then try again',
  EROFS: 'Its disk cannot be written to: mount it for writing, then try again',
};

/** The error of a change that could not be stored and therefore did not happen. */
function storageError(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || error instanceof KumikiError) return error;
  const remedy = remedies[code] ?? 'Look after its disk, then try again';
  return new KumikiError(
    'service_unavailable',
    { reason: `The state folder cannot be written (${code}), so nothing was changed. ${remedy}` },
    { cause: error },
  );
}

/** The same for errors of any origin: converts only those of a full disk. */
export function fullDiskError(error: unknown): unknown {
  return remedies[String((error as NodeJS.ErrnoException).code)] === undefined ? error : storageError(error);
}

/** Runs a write, and throws a KumikiError when it fails. */
export async function storing<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw storageError(error);
  }
}
