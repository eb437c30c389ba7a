import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelService, modelServiceSchema } from '@kumiki/api';
import {
  draftSuffix,
  dropStaged,
  encodeState,
  nameStaged,
  readStateFile,
  refuseStart,
  removeFile,
  stageFile,
  type StateKind,
  storing,
  writeFileAtomic,
} from '@kumiki/service/folder';
import { z } from 'zod';

/** Longest file of a service; typical manifests have a few kilobytes. */
const maxServiceBytes = 1_048_576;

const storedServiceSchema = z.strictObject({
  version: z.literal(1),
  /** Unix seconds of its first apply. */
  created: z.int(),
  manifest: modelServiceSchema,
});

export const serviceFile: StateKind<z.infer<typeof storedServiceSchema>> = {
  what: 'The service',
  schema: storedServiceSchema,
  maxBytes: maxServiceBytes,
  former: storedServiceSchema,
};

export interface StoredService {
  readonly created: number;
  /** With absolute paths. */
  readonly manifest: ModelService;
}

export interface ServiceStore {
  /** Whether the first start on this folder has not been completed. */
  readonly isNew: boolean;
  /** Marks the first start as completed: from now on only the stored services run, even if there are none. */
  endFirstStart(): void;
  /** Throws KumikiError `conflict` when one of them cannot be read. */
  load(): StoredService[];
  /** Stores all, or none when one is too large or the disk is full. */
  save(services: readonly StoredService[]): Promise<void>;
  remove(name: string): Promise<void>;
}

/** One file per service, so that a change writes only its own. */
export function openServiceStore(folder: string): ServiceStore {
  const marker = join(folder, 'started');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const pathOf = (name: string): string => join(folder, `${name}.json`);
  return {
    isNew: !existsSync(marker),
    endFirstStart() {
      if (!existsSync(marker)) writeFileAtomic(marker, '');
    },
    load: () => loadAll(folder),
    async save(services) {
      const files = services.map(({ created, manifest }) => ({
        path: pathOf(manifest.metadata.name),
        text: encodeState(serviceFile, { version: 1, created, manifest }),
      }));
      const paths = files.map(({ path }) => path);
      await storing(async () => {
        try {
          for (const { path, text } of files) await stageFile(path, text);
        } catch (error) {
          await dropStaged(paths);
          throw error;
        }
        await nameStaged(paths);
      });
    },
    remove: (name) => storing(() => removeFile(pathOf(name))),
  };
}

function loadAll(folder: string): StoredService[] {
  const services: StoredService[] = [];
  for (const file of readdirSync(folder).toSorted()) {
    const path = join(folder, file);
    if (file.endsWith(draftSuffix)) rmSync(path, { force: true });
    if (!file.endsWith('.json')) continue;
    const read = readStateFile(path, serviceFile);
    if (read.kind === 'found' && `${read.value.manifest.metadata.name}.json` === file) {
      services.push({ created: read.value.created, manifest: read.value.manifest });
    } else {
      refuseStart(
        path,
        read.kind === 'damaged' ? read.reason : 'it holds another service',
        "Restore it from a backup, or move it away: then that service alone is gone, and 'kumiki apply -f' brings it back",
      );
    }
  }
  return services;
}
