import { constants, X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ConfigError } from '@kumiki/service';

/** Largest file: a certificate with its chain has some thousand bytes. */
const maxFileBytes = 262_144;

export interface TlsPaths {
  /** The certificate and the chain behind it, PEM. */
  readonly cert: string;
  /** Its private key, PEM. */
  readonly key: string;
}

/** A certificate with its key, as connections use it. */
export interface TlsIdentity {
  readonly context: SecureContext;
  /** Unix seconds of the end of its validity. */
  readonly expiresAt: number;
}

/** Throws ConfigError where a file cannot be read, holds no PEM, or the key is not that of the certificate. */
export function readTlsFiles(paths: TlsPaths): TlsIdentity {
  try {
    const cert = readBounded(paths.cert);
    const context = createSecureContext({
      cert,
      key: readBounded(paths.key),
      minVersion: 'TLSv1.2',
      // A client of TLS 1.2 could have the handshake's costly part again and again.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    });
    return { context, expiresAt: Math.floor(new X509Certificate(cert).validToDate.getTime() / 1_000) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`${paths.cert} and ${paths.key} are no certificate with its key: ${reason}`]);
  }
}

function readBounded(path: string): Buffer {
  const { size } = statSync(path);
  if (size > maxFileBytes) throw new Error(`${path} has ${size} bytes, more than the limit of ${maxFileBytes}`);
  return readFileSync(path);
}
