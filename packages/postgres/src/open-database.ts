import type { Database } from './database.ts';
import { openEmbedded } from './open-embedded.ts';
import { openServer } from './open-server.ts';
import { repeatUndone } from './repeat-undone.ts';

/** Where a service's data are stored: on a server if there is a URL, otherwise in a local folder. */
export type DatabaseLocation =
  | { readonly url: string; readonly applicationName: string; readonly maxConnections?: number }
  | { readonly folder: string | null };

/** Opens a database. Returns at once; connection errors appear at the first query. */
export function openDatabase(location: DatabaseLocation): Database {
  return repeatUndone('url' in location ? openServer(location) : openEmbedded(location));
}
