import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ProbeJob, ProbeReport } from './probe-process.ts';

export interface Probes extends Disposable {
  /** The worst times since the last call. */
  mark(): Promise<Marked>;
}

export interface Marked {
  readonly worst: ProbeReport['worst'];
  readonly failures: readonly string[];
  /** The longest time of the trivial server, which is the delay of the machine itself. */
  readonly controlMs: number;
}

const controlName = 'a server that does nothing';

/** Starts the probes; see probe-process.ts. */
export async function startProbes({ port, probes }: ProbeJob): Promise<Probes> {
  const control = fork(fileURLToPath(new URL('./control-server.ts', import.meta.url)), { stdio: 'inherit' });
  const [controlPort] = (await once(control, 'message')) as [number];
  const controlProbe = { name: controlName, method: 'GET', path: '/', apiKey: '', streamBody: null } as const;
  const job: ProbeJob = { port, probes: [...probes, { ...controlProbe, port: controlPort }] };
  const child = fork(fileURLToPath(new URL('./probe-process.ts', import.meta.url)), { stdio: 'inherit' });
  child.send(job);
  let waiting: { readonly resolve: (report: ProbeReport) => void; readonly reject: (error: Error) => void } | null =
    null;
  child.on('message', (message) => waiting?.resolve(message as ProbeReport));
  child.on('exit', () => waiting?.reject(new Error('The probes have ended.')));
  return {
    async mark() {
      const report = new Promise<ProbeReport>((resolve, reject) => {
        waiting = { resolve, reject };
      });
      child.send('mark');
      const { worst, failures } = await report;
      const controlMs = worst.find(({ name }) => name === controlName)?.worstMs ?? 0;
      return { worst: worst.filter(({ name }) => name !== controlName), failures, controlMs };
    },
    [Symbol.dispose]() {
      child.kill('SIGKILL');
      control.kill('SIGKILL');
    },
  };
}
