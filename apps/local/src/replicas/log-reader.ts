import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogReader } from '@kumiki/control';
import { type RotatingLog, tailLog } from '../home/rotating-log.ts';

/** Ids are used as file names, so they must not lead out of the folder. */
const idPattern = /^[a-z0-9][a-z0-9.-]{0,254}$/;

/**
 * Reads the logs of this machine's replicas.
 * @param liveLog returns the open log of a current replica.
 */
export function openLogReader(folder: string, liveLog: (id: string) => RotatingLog | undefined): LogReader {
  const pathOf = (id: string): string | null => {
    if (!idPattern.test(id)) return null;
    const path = join(folder, `${id}.log`);
    return liveLog(id) !== undefined || existsSync(path) ? path : null;
  };
  return {
    async tail(id, lines) {
      const path = pathOf(id);
      return path === null ? null : tailLog(path, lines);
    },
    async follow(id, lines, onLine) {
      const path = pathOf(id);
      if (path === null) return null;
      // Synchronous with the subscription below, so that no line in between is missed.
      for (const line of tailLog(path, lines)) onLine(line);
      return liveLog(id)?.follow(onLine) ?? (() => {});
    },
  };
}
