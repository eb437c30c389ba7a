import { copyFileSync, rmSync, statSync, truncateSync } from 'node:fs';

/** Our own log is put aside as `<name>.1` when it has grown so large; the one before that is overwritten. */
const maxLogBytes = 8_388_608;
const lookIntervalMs = 5_000;

/**
 * Keeps a log file that another part of the process appends to within its bound, now and from time to time. It is
 * copied and emptied instead of renamed, since its writer holds it open.
 */
export function boundLog(path: string): void {
  const look = (): void => {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= maxLogBytes) return;
    try {
      copyFileSync(path, `${path}.1`);
    } catch {
      // There is no room for a copy. A log that goes on growing would leave none for anything else.
      rmSync(`${path}.1`, { force: true });
    }
    truncateSync(path);
  };
  look();
  setInterval(look, lookIntervalMs).unref();
}
