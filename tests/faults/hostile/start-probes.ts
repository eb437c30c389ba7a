import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ProbeJob, ProbeReport } from './probe-process.ts';

export interface Probes extends Disposable {
  /** What was worst since the last call. */
  mark(): Promise<ProbeReport>;
}

/** Starts to ask; see probe-process.ts. */
export function startProbes(job: ProbeJob): Probes {
  const child = fork(fileURLToPath(new URL('./probe-process.ts', import.meta.url)), { stdio: 'inherit' });
  child.send(job);
  let waiting: { readonly resolve: (report: ProbeReport) => void; readonly reject: (error: Error) => void } | null =
    null;
  child.on('message', (message) => waiting?.resolve(message as ProbeReport));
  child.on('exit', () => waiting?.reject(new Error('The probes have ended.')));
  return {
    mark() {
      const report = new Promise<ProbeReport>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      child.send('mark');
      return report;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}
