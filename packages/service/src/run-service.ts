import type { Registry } from 'prom-client';
import { ConfigError } from './config.ts';
import type { Log } from './log.ts';
import { startOpsListener } from './ops-listener.ts';

/** A service that listens, as its process sees it. */
export interface ServiceProcess {
  readonly log: Log;
  readonly port: number;
  /** Where `/livez`, `/readyz` and `/metrics` are; null for a service that has them itself. */
  readonly ops: { readonly host: string; readonly port: number; readonly metrics: Registry } | null;
  readonly drainMs: number;
  /** Takes no more work and waits for what is open, at most so long. */
  drain(limitMs: number): Promise<unknown>;
  close(): Promise<unknown>;
}

/**
 * The life of a service's process: it starts or says why not, drains at SIGTERM or SIGINT, and ends at the second of
 * them. `exit` ends the process; only a main file may.
 */
export async function runService(
  name: string,
  exit: (status: number) => void,
  start: () => Promise<ServiceProcess>,
): Promise<void> {
  try {
    await run(name, exit, await start());
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    exit(1);
  }
}

async function run(name: string, exit: (status: number) => void, service: ServiceProcess): Promise<void> {
  const { log, ops, drainMs } = service;
  let draining = false;
  const listener =
    ops === null
      ? null
      : await startOpsListener({ ...ops, alive: () => null, ready: () => (draining ? 'draining' : null) });
  log.info({ port: service.port, opsPort: listener?.port }, `${name} listens`);

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
}
