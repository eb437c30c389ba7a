import { homedir } from 'node:os';
import { join } from 'node:path';

/** The oldest PostgreSQL that Kumiki runs on, and Debian bookworm's. */
export const serverVersion = '15';

/** Where the tests' server is unpacked. Its processes do not run as root, so it cannot be below root's home. */
export function postgresFolder(): string {
  const cache = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache');
  return join(cache, `kumiki-test-postgres-${serverVersion}`);
}
