import type { Log } from '@kumiki/service';
import { type FileWatch, watchFiles } from '@kumiki/service/snapshot';
import { readTlsFiles, type TlsIdentity, type TlsPaths } from './read-tls-files.ts';

/** The certificate of a gateway, read again whenever its files change. */
export interface TlsFiles {
  current(): TlsIdentity;
  /** Whether the files, as they are now, are of no use, so that the last ones stay in force. */
  invalid(): boolean;
  close(): void;
}

/** Throws ConfigError where the files cannot be used at the start. */
export function watchTlsFiles(paths: TlsPaths, log: Log): TlsFiles {
  let invalid = false;
  // Before the first reading, so that no change falls between.
  const watch = watchFiles([paths.cert, paths.key], () => {
    try {
      identity = readTlsFiles(paths);
      invalid = false;
      log.info({ path: paths.cert, expiresAt: identity.expiresAt }, 'the certificate was read again');
    } catch (error) {
      invalid = true;
      log.error({ path: paths.cert, err: error }, 'the certificate cannot be used: the last one stays in force');
    }
  });
  let identity = readFirst(paths, watch);
  return { current: () => identity, invalid: () => invalid, close: watch.close };
}

function readFirst(paths: TlsPaths, watch: FileWatch): TlsIdentity {
  try {
    return readTlsFiles(paths);
  } catch (error) {
    watch.close();
    throw error;
  }
}
