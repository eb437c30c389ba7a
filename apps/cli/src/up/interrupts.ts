import type { CliHost } from '../host/cli-host.ts';

/** A parent such as npm forwards the terminal's signal, so one Ctrl-C arrives twice within this time. */
const sameKeyMs = 500;

const forcedExitCode = 130;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupts extends Disposable {
  /** Resolves at the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly first: Promise<NodeJS.Signals>;
  /** Whether it has arrived. */
  readonly asked: () => boolean;
}

/**
 * The first signal requests a graceful end; the second ends the process and with it every worker. Disposing it before
 * the first signal restores the default handling, so that a failed start can always be ended.
 */
export function watchInterrupts(host: CliHost): Interrupts {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  let askedAt: number | null = null;
  const onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (askedAt === null) {
      askedAt = now;
      resolve(signal);
    } else if (now - askedAt > sameKeyMs) host.forceExit(forcedExitCode);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    first: promise,
    asked: () => askedAt !== null,
    [Symbol.dispose]() {
      if (askedAt !== null) return;
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
