import { setTimeout as wait } from 'node:timers/promises';
import { findRunning, isRunning } from '@kumiki/local';
import { CliError } from '../cli-error.ts';
import { readCliConfig } from '../config.ts';
import { print, printJson } from '../terminal/print.ts';

interface DownFlags {
  readonly home?: string;
  readonly timeout: number;
  readonly force?: boolean;
  readonly json?: boolean;
}

const pollIntervalMs = 50;

/** Stops the product on this machine and waits for its end. */
export async function stopProduct(flags: DownFlags): Promise<void> {
  const home = flags.home ?? readCliConfig().home;
  const holder = findRunning(home);
  if (holder === null) {
    if (flags.json === true) printJson({ stopped: false, pid: null });
    else print(`Nothing runs on ${home}.`);
    return;
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
