import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelService, modelServiceSchema } from '@kumiki/api';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { readStateFile } from './state-file.ts';

const storedServiceSchema = z.object({
  version: z.literal(1),
  /** Unix seconds of its first apply. */
  created: z.int(),
  manifest: modelServiceSchema,
});

export interface StoredService {
  readonly created: number;
  /** With absolute paths. */
  readonly manifest: ModelService;
}

export interface ServiceStore {
  /** Whether the first start on this folder is still to be done, or was cut off in the middle. */
  readonly isNew: boolean;
  /** The first start is done: what is stored is all that is wanted, even if that is nothing. */
  endFirstStart(): void;
  /** What was found, and a sentence for each file that could not be used. */
  load(): { services: StoredService[]; reports: string[] };
  save(service: StoredService): void;
  remove(name: string): void;
}

/** One file per service, so that one damaged file costs one service. */
export function openServiceStore(folder: string): ServiceStore {
  const marker = join(folder, 'started');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    isNew: !existsSync(marker),
    endFirstStart: () => writeFileAtomic(marker, ''),
    load() {
      const services: StoredService[] = [];
      const reports: string[] = [];
      for (const file of readdirSync(folder).toSorted()) {
        if (!file.endsWith('.json')) continue;
        const read = readStateFile(join(folder, file), storedServiceSchema);
        if (read.kind === 'found') services.push({ created: read.value.created, manifest: read.value.manifest });
        else if (read.kind === 'moved-aside') reports.push(read.report);
      }
      return { services, reports };
    },
    save({ created, manifest }) {
      writeFileAtomic(
        pathOf(manifest.metadata.name),
        `${JSON.stringify({ version: 1, created, manifest }, null, 2)}\n`,
      );
    },
    remove(name) {
      rmSync(pathOf(name), { force: true });
    },
  };
}
