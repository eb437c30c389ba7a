import { readFile } from 'node:fs/promises';

const intervalMs = 50;
const pageBytes = 4_096;

/**
 * Calls back once when a process exceeds its memory limit. Unlike the heap limit this counts buffers. It reads Linux's
 * `/proc`; on other systems only the heap limit and the limits of each format apply.
 */
export function watchMemory(pid: number, limitBytes: number, exceeded: () => void): { stop(): void } {
  let stopped = process.platform !== 'linux';
  const check = async (): Promise<void> => {
    // The second number is the resident pages. The file disappears with the process.
    const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
    if (stopped) return;
    if (Number(statm.split(' ')[1] ?? 0) * pageBytes > limitBytes) {
      stopped = true;
      exceeded();
    } else timer = setTimeout(() => void check(), intervalMs);
  };
  let timer = setTimeout(() => void (stopped ? undefined : check()), intervalMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
