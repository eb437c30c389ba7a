import { existsSync } from 'node:fs';
import { type KeyRecord, keyRecordsSchema, projectLimitsRecordsSchema, sessionRecordsSchema } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { type AccountsState, emptyState } from '@kumiki/service/accounts-stream';
import { createSnapshotWriter, readSnapshot } from '@kumiki/service/snapshot';
import { z } from 'zod';

/** The form of the file; another one is not read. */
const keptVersion = 1;

const keptSchema = z.strictObject({
  version: z.literal(keptVersion),
  keys: keyRecordsSchema,
  sessions: sessionRecordsSchema,
  project_limits: projectLimitsRecordsSchema,
});

/** The last state of accounts, in a file that only this process's user can read. A restart begins with it. */
export interface KeptAccounts {
  /** What the file holds; null where there is none, or where it cannot be read, which is logged. */
  read(): AccountsState | null;
  write(state: AccountsState): void;
}

export function openKeptAccounts(path: string, log: Log): KeptAccounts {
  const store = createSnapshotWriter(path, log);
  return {
    read() {
      if (!existsSync(path)) return null;
      try {
        return stateOf(readSnapshot({ path, schema: keptSchema }));
      } catch (error) {
        log.error({ path, err: error }, 'what accounts told last cannot be read, and is waited for');
        return null;
      }
    },
    // The lists are made when the file is written, which happens once for many changes.
    write: (state) => void store({ toJSON: () => keptOf(state) }),
  };
}

function keptOf(state: AccountsState): z.input<typeof keptSchema> {
  return {
    version: keptVersion,
    keys: [...state.keys.values()].map(mutableKey),
    sessions: [...state.sessions.values()],
    project_limits: [...state.projectLimits.values()],
  };
}

function stateOf({ keys, sessions, project_limits: limits }: z.output<typeof keptSchema>): AccountsState {
  const state = emptyState();
  for (const key of keys) state.keys.set(key.id, key);
  for (const session of sessions) state.sessions.set(session.id, session);
  for (const one of limits) state.projectLimits.set(one.project, one);
  return state;
}

const mutableKey = (key: KeyRecord): z.input<typeof keyRecordsSchema>[number] =>
  key as z.input<typeof keyRecordsSchema>[number];
