import { readFile } from 'node:fs/promises';

const intervalMs = 50;
const pageBytes = 4_096;

/**
 * Calls back once when a process holds more memory than it may. The heap limit does not count buffers, and this does;
 * it reads Linux's `/proc`, and elsewhere the heap limit and the limits of each format must do.
 */
export function watchMemory(pid: number, limitBytes: number, exceeded: () => void): { stop(): void } {
  let stopped = process.platform !== 'linux';
  const look = async (): Promise<void> => {
    // Second number: resident pages. Gone when the process is.
    const statm = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
    if (stopped) return;
    if (Number(statm.split(' ')[1] ?? 0) * pageBytes > limitBytes) {
      stopped = true;
      exceeded();
    } else timer = setTimeout(() => void look(), intervalMs);
  };
  let timer = setTimeout(() => void (stopped ? undefined : look()), intervalMs);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
