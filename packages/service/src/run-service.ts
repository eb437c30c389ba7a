import { KumikiError } from '@kumiki/api/errors';
import type { Registry } from 'prom-client';
import { ConfigError } from './config.ts';
import type { Log } from './log.ts';
import { onParentEnd, notifyParent } from './notify-parent.ts';
import { startOpsListener } from './ops-listener.ts';

/** A running service, as its process sees it. */
export interface ServiceProcess {
  readonly log: Log;
  /** null when it does not listen on a port. */
  readonly port: number | null;
  /** Where to serve `/livez`, `/readyz` and `/metrics`, or the port where the service serves them itself. */
  readonly ops: { readonly host: string; readonly port: number; readonly metrics: Registry } | number | null;
  /** Port of a gateway's control listener. */
  readonly controlPort?: number | null;
  readonly drainMs: number;
  /** Accepts no more work and waits up to `limitMs` for open work. */
  drain(limitMs: number): Promise<unknown>;
  close(): Promise<unknown>;
}

/**
 * Runs a service's process: starts it or reports why not, drains at SIGTERM or SIGINT, and ends at a second signal or
 * when the parent process has ended. `exit` is passed in because only main.ts may end the process.
 */
export async function runService(
  name: string,
  exit: (status: number) => void,
  start: () => Promise<ServiceProcess>,
): Promise<void> {
  // Not by an exit, which writes what the log holds: its reader has ended too, and the writer repeats a failed write
  // without end.
  onParentEnd(() => process.kill(process.pid, 'SIGKILL'));
  try {
    await run(name, exit, await start());
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    const unavailable = error instanceof KumikiError && error.code === 'service_unavailable';
    await notifyParent({ type: 'failed', reason: reasonOf(error), unavailable });
    exit(1);
  }
}

/** The error's message with those of its causes. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${message.replace(/\.$/, '')} (${cause.message}).` : message;
}

async function run(name: string, exit: (status: number) => void, service: ServiceProcess): Promise<void> {
  const { log, ops, port, drainMs } = service;
  let draining = false;
  const opsPort =
    ops === null || typeof ops === 'number'
      ? ops
      : (await startOpsListener({ ...ops, alive: () => null, ready: () => (draining ? 'draining' : null) })).port;
  log.info({ port, opsPort }, `${name} listens`);

  const stop = (): void => {
    if (draining) return exit(1);
    draining = true;
    log.info(`${name} drains`);
    service
      .drain(drainMs)
      .then(() => service.close())
      .then(
        () => exit(0),
        (error: unknown) => {
          log.error({ err: error }, `${name} could not end in good order`);
          exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  await notifyParent({ type: 'listening', port, opsPort, controlPort: service.controlPort ?? null });
}
