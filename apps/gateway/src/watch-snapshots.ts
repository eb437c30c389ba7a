import { keyRecordsSchema, projectLimitsRecordsSchema, routeTableSchema, sessionRecordsSchema } from '@kumiki/api';
import type { Log } from '@kumiki/service';
import { type SnapshotWatch, watchSnapshot } from '@kumiki/service/snapshot';
import type { z } from 'zod';
import type { SnapshotHealth, SnapshotName } from './snapshot/snapshot-health.ts';
import type { Gateway, GatewayOptions } from './start-gateway.ts';

/** The files of a gateway's snapshots; an optional snapshot without a file is empty. */
export interface SnapshotPaths {
  readonly routes: string;
  readonly keys: string;
  readonly sessions: string | undefined;
  readonly projectLimits: string | undefined;
}

/** The snapshots of a gateway, which the process that owns the data replaces. */
export interface Snapshots {
  /** What a gateway starts with. */
  readonly initial: Pick<GatewayOptions, 'routes' | 'keys' | 'sessions' | 'projectLimits' | 'readNewer'>;
  /** Applies every later change to a gateway. */
  tell(gateway: Gateway): void;
  close(): void;
}

/** Throws ConfigError when one of them cannot be read. */
export function watchSnapshots(paths: SnapshotPaths, health: SnapshotHealth, log: Log): Snapshots {
  const watchOne = <Value>(name: SnapshotName, path: string, schema: z.ZodType<Value>): SnapshotWatch<Value> =>
    watchSnapshot({ path, schema, log, onRead: (ok) => (ok ? health.read(name) : health.failed(name)) });
  const routes = watchOne('routes', paths.routes, routeTableSchema);
  const keys = watchOne('keys', paths.keys, keyRecordsSchema);
  const sessions = paths.sessions === undefined ? null : watchOne('sessions', paths.sessions, sessionRecordsSchema);
  const limits =
    paths.projectLimits === undefined
      ? null
      : watchOne('project_limits', paths.projectLimits, projectLimitsRecordsSchema);
  return {
    initial: {
      routes: routes.current(),
      keys: keys.current(),
      sessions: sessions?.current() ?? [],
      projectLimits: limits?.current() ?? [],
      readNewer() {
        for (const one of [routes, keys, sessions]) one?.checkNow();
      },
    },
    tell(gateway) {
      routes.listen(gateway.replaceRoutes);
      keys.listen(gateway.replaceKeys);
      sessions?.listen(gateway.replaceSessions);
      limits?.listen(gateway.replaceProjectLimits);
    },
    close() {
      for (const one of [routes, keys, sessions, limits]) one?.close();
    },
  };
}
