import { existsSync } from 'node:fs';
import { type ModelRoute, routeTableSchema } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { createSnapshotWriter, readSnapshot } from '@kumiki/service/snapshot';
import { z } from 'zod';

/** The form of the file; another one is not read. */
const keptVersion = 1;

const keptSchema = z.strictObject({ version: z.literal(keptVersion), models: routeTableSchema.shape.models });

/** The routes that were seen last, in a file that only this process's user can read. A restart begins with them. */
export interface KeptRoutes {
  /** What the file holds; null where there is none, or where it cannot be read, which is logged. */
  read(): readonly ModelRoute[] | null;
  write(models: readonly ModelRoute[]): void;
}

export function openKeptRoutes(path: string, log: Log): KeptRoutes {
  const store = createSnapshotWriter(path, log);
  return {
    read() {
      if (!existsSync(path)) return null;
      try {
        return readSnapshot({ path, schema: keptSchema }).models;
      } catch (error) {
        log.error({ path, err: error }, 'the routes that were seen last cannot be read: the API server is waited for');
        return null;
      }
    },
    write: (models) => void store({ version: keptVersion, models }),
  };
}
