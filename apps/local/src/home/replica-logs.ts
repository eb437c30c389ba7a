import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openRotatingLog, type RotatingLog } from './rotating-log.ts';

/** Most log files of removed replicas; the newest are kept. With at most 4 MiB each, 200 MiB in total. */
const keptFiles = 50;

const ending = /\.log(\.1)?$/;

/** The logs of the current replicas; those of removed ones stay on disk for a while. */
export interface ReplicaLogs {
  open(id: string): RotatingLog;
  get(id: string): RotatingLog | undefined;
  /** Closes the log of a removed replica, and deletes the oldest files of removed replicas. */
  close(id: string): void;
}

export function createReplicaLogs(folder: string): ReplicaLogs {
  const logs = new Map<string, RotatingLog>();
  return {
    open(id) {
      const log = logs.get(id) ?? openRotatingLog(join(folder, `${id}.log`));
      logs.set(id, log);
      return log;
    },
    get: (id) => logs.get(id),
    close(id) {
      logs.delete(id);
      const former = readdirSync(folder)
        .filter((file) => ending.test(file) && !logs.has(file.replace(ending, '')))
        .map((file) => join(folder, file))
        .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
        .toSorted((a, b) => b.at - a.at);
      for (const { path } of former.slice(keptFiles)) rmSync(path, { force: true });
    },
  };
}
