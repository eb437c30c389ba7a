import { setTimeout as wait } from 'node:timers/promises';
import { findRunning, isRunning } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';
import { print, printJson } from '../terminal/print.ts';

interface DownFlags {
  readonly home?: string;
  readonly timeout: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

const pollIntervalMs = 50;

/** Stops the product on this machine and waits until it has ended. */
export async function stopProduct(flags: DownFlags): Promise<void> {
  const home = flags.home ?? readCliConfig().home;
  const running = findRunning(home);
  if (running === null) {
    if (flags.json === true) printJson({ stopped: false, pid: null });
    else print(`Nothing runs on ${home}.`);
    return;
  }
  const { holder } = running;
  // A process id from another container belongs to a different process here.
  if (holder === null || !running.isHere) {
    throw new CliError(
      holder === null
        ? `Another process holds ${home} and does not say which. It may be just starting: try again, or stop it where it was started.`
        : `Kumiki runs on ${home} in another container or on another machine (process ${holder.pid} of host '${holder.host}', since ${holder.since}). Stop it there.`,
    );
  }
  try {
    process.kill(holder.pid, flags.force === true ? 'SIGKILL' : 'SIGTERM');
  } catch (error) {
    throw new CliError(
      `Process ${holder.pid} cannot be stopped (${(error as NodeJS.ErrnoException).code}). Does it belong to another user?`,
    );
  }
  const deadline = performance.now() + flags.timeout * 1_000;
  while (isRunning(holder)) {
    if (performance.now() > deadline) {
      throw new CliError(
        `Process ${holder.pid} still finishes answers after ${flags.timeout} s. Wait longer with --timeout, or end it with --force.`,
      );
    }
    await wait(pollIntervalMs);
  }
  if (flags.json === true) printJson({ stopped: true, pid: holder.pid });
  else print(`Stopped process ${holder.pid}.`);
}
