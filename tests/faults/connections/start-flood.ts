import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Connections of one process, within the usual limit of open files. */
const connectionsPerProcess = 4_000;

const entry = fileURLToPath(new URL('flood-process.ts', import.meta.url));

interface Count {
  readonly open: number;
  readonly opened: number;
}

export interface Flood extends AsyncDisposable {
  /** Connections that are open, and that were opened so far, as seen by the clients. */
  count(): Count;
}

/** Keeps that many connections open, from several processes and addresses. */
export function startFlood(port: number, connections: number, asset: string): Flood {
  const counts = new Map<ChildProcess, Count>();
  for (let begun = 0, at = 0; begun < connections; begun += connectionsPerProcess, at++) {
    const share = Math.min(connectionsPerProcess, connections - begun);
    const child = fork(entry, [JSON.stringify({ port, connections: share, from: `127.0.1.${at + 1}`, asset })]);
    counts.set(child, { open: 0, opened: 0 });
    child.on('message', (count) => counts.set(child, count as Count));
  }
  return {
    count() {
      const all = [...counts.values()];
      return {
        open: all.reduce((sum, { open }) => sum + open, 0),
        opened: all.reduce((sum, { opened }) => sum + opened, 0),
      };
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [...counts.keys()].map(
          (child) =>
            new Promise<void>((resolve) => {
              child.once('exit', () => resolve());
              child.disconnect();
            }),
        ),
      );
    },
  };
}
