import type { servicePaths } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { DataServiceParts, RunningDataService } from '@kumiki/service';

/** What a service with data of its own is started with. */
export interface LocalParts extends DataServiceParts<Database> {
  readonly replica: string;
  /** Where the bytes of files lie; null keeps them in the database. */
  readonly objectsFolder: string | null;
}

/** Its paths, those of the table, answer "not ready" until the service has started. */
export interface DataServiceEntry {
  readonly name: keyof typeof servicePaths;
  start(parts: LocalParts): Promise<RunningDataService>;
}

/** The services of one machine that have data. Each is loaded when it is started: chat does not wait for them. */
export const dataServiceList: readonly DataServiceEntry[] = [
  {
    name: 'conversations',
    async start(parts) {
      const { startConversations } = await import('@kumiki/conversations');
      return startConversations(parts);
    },
  },
  {
    name: 'search',
    async start(parts) {
      const { startSearch } = await import('@kumiki/search');
      return startSearch(parts);
    },
  },
];
