import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelService, modelServiceSchema } from '@kumiki/api';

/**
 * The manifests of a state folder, for who only looks: nothing is made, moved or locked, and what cannot be read is left
 * out. The running product reads them with the service store.
 */
export function readStoredManifests(folder: string): ModelService[] {
  return filesOf(folder).flatMap((file) => {
    try {
      const { manifest } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { manifest?: unknown };
      return modelServiceSchema.safeParse(manifest).data ?? [];
    } catch {
      return [];
    }
  });
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((file) => file.endsWith('.json'));
  } catch {
    return [];
  }
}
