import { keyRecordsSchema, sessionRecordsSchema } from '@kumiki/api';
import type { Callers } from '@kumiki/control';
import type { Log } from '@kumiki/service';
import { watchSnapshot } from '@kumiki/service/snapshot';
import type { SnapshotPaths } from './snapshot-paths.ts';

/** Who asks the control API, as the snapshots of gateways have it. */
export function callersOfSnapshots(paths: SnapshotPaths, log: Log): Callers & { close(): void } {
  const keys = watchSnapshot({ path: paths.keys, schema: keyRecordsSchema, log });
  const sessions = watchSnapshot({ path: paths.sessions, schema: sessionRecordsSchema, log });
  const keyOf = (id: string) => {
    keys.checkNow();
    return keys.current().find((key) => key.id === id);
  };
  return {
    nameOf: (keyId) => keyOf(keyId)?.name ?? null,
    mayStillOperate(keyId, sessionId) {
      const now = Date.now() / 1_000;
      const key = keyOf(keyId);
      if (key === undefined || !key.roles.includes('admin')) return false;
      if (key.expiresAt !== null && key.expiresAt <= now) return false;
      if (sessionId === null) return true;
      sessions.checkNow();
      const session = sessions.current().find(({ id }) => id === sessionId);
      return session !== undefined && session.keyId === keyId && session.expiresAt > now;
    },
    close() {
      keys.close();
      sessions.close();
    },
  };
}
