import type { Database } from './database.ts';
import { openEmbedded } from './open-embedded.ts';
import { openServer } from './open-server.ts';

/** Where a service's data lie: on a server when there is a URL, else in a folder of this machine. */
export type DatabaseLocation =
  | { readonly url: string; readonly applicationName: string; readonly maxConnections?: number }
  | { readonly folder: string | null };

/** Opens a database. Returns at once: what cannot be reached shows at the first query. */
export function openDatabase(location: DatabaseLocation): Database {
  return 'url' in location ? openServer(location) : openEmbedded(location);
}
