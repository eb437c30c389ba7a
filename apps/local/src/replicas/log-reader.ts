import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LogReader } from '@kumiki/control';
import { type RotatingLog, tailLog } from '../home/rotating-log.ts';

/** Ids are file names: nothing that could lead out of the folder. */
const idPattern = /^[a-z0-9][a-z0-9.-]{0,254}$/;

/**
 * Reads the logs of this machine's replicas.
 * @param liveLog the log of a replica that is there.
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
      // At one go: a line that is written between the two would be missing.
      for (const line of tailLog(path, lines)) onLine(line);
      return liveLog(id)?.follow(onLine) ?? (() => {});
    },
  };
}
