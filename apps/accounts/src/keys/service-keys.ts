import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyRecord, noKeyLimits, servicePaths } from '@kumiki/api';
import type { SecretHash } from '@kumiki/seal';

/**
 * The keys that somebody has given to the services of the installation, each for what its service needs. They count as
 * long as the process runs, and are neither stored nor listed.
 * @param folder with a file for each, or nothing where no service calls others.
 */
export function readServiceKeys(folder: string | undefined, hash: SecretHash): readonly KeyRecord[] {
  if (folder === undefined) return [];
  return Object.entries(servicePaths).map(([name, paths]) =>
    serviceRecord(name, paths, hash(readFileSync(join(folder, name), 'utf8').trim())),
  );
}

/** It acts for other keys and has no data of its own. */
export function serviceRecord(name: string, paths: readonly string[], hash: string): KeyRecord {
  return {
    id: `key_service_${name}`,
    name,
    project: 'kumiki',
    hash,
    roles: ['service'],
    models: null,
    paths,
    limits: noKeyLimits,
    expiresAt: null,
  };
}
