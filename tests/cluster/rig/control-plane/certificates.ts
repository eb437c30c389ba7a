import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../host/run-command.ts';

/** A cluster lives for an hour; a clock that jumps does not matter. */
const validDays = 30;

export interface Subject {
  /** Names the files, `NAME.crt` and `NAME.key`. */
  readonly name: string;
  /** The Kubernetes user. */
  readonly user: string;
  readonly group?: string;
  /** Names and addresses that a server answers by, in openssl's words: `IP:10.0.0.1`, `DNS:kubernetes`. */
  readonly reachedBy?: readonly string[];
}

export interface Authority {
  readonly folder: string;
  readonly certificate: string;
  /** Signs what service account tokens are checked with. */
  readonly accountKey: string;
  readonly accountPublicKey: string;
  issue(subject: Subject): Promise<{ readonly certificate: string; readonly key: string }>;
}

const openssl = (...args: readonly string[]): Promise<string> => runCommand('openssl', args);
const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** The authority of a cluster: it signs every server and every client. */
export async function createAuthority(folder: string): Promise<Authority> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const at = (name: string): string => join(folder, name);
  const days = ['-days', String(validDays)];
  await Promise.all([
    openssl(
      'req',
      '-x509',
      ...curve,
      '-keyout',
      at('ca.key'),
      '-subj',
      '/CN=kumiki-test',
      ...days,
      '-out',
      at('ca.crt'),
    ),
    openssl('genrsa', '-out', at('accounts.key'), '2048'),
  ]);
  await openssl('rsa', '-in', at('accounts.key'), '-pubout', '-out', at('accounts.pub'));
  return {
    folder,
    certificate: at('ca.crt'),
    accountKey: at('accounts.key'),
    accountPublicKey: at('accounts.pub'),
    async issue({ name, user, group, reachedBy = [] }) {
      const [key, request, certificate, extensions] = ['key', 'csr', 'crt', 'ext'].map((kind) =>
        at(`${name}.${kind}`),
      ) as [string, string, string, string];
      const names = reachedBy.length === 0 ? [] : [`subjectAltName=${reachedBy.join(',')}`];
      writeFileSync(
        extensions,
        ['keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth,clientAuth', ...names].join('\n'),
      );
      const subject = `${group === undefined ? '' : `/O=${group}`}/CN=${user}`;
      await openssl('req', ...curve, '-keyout', key, '-subj', subject, '-out', request);
      const signer = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-set_serial', `0x${serial()}`];
      await openssl('x509', '-req', '-in', request, ...signer, ...days, '-extfile', extensions, '-out', certificate);
      return { certificate, key };
    },
  };
}

let issued = Date.now();

/** Different for every certificate of an authority. */
function serial(): string {
  issued += 1;
  return issued.toString(16);
}
