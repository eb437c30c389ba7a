import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelService } from '@kumiki/api';
import { readStateFile } from '@kumiki/service/folder';
import { serviceFile } from './service-store.ts';

/**
 * The manifests of a state folder, read without creating, moving or locking anything; unreadable ones are skipped. The
 * running product uses the service store instead.
 */
export function readStoredManifests(folder: string): ModelService[] {
  return filesOf(folder).flatMap((file) => {
    const read = readStateFile(join(folder, file), serviceFile);
    return read.kind === 'found' ? [read.value.manifest] : [];
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}
