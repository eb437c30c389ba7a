import { KumikiError } from '@kumiki/api';
import { fullDiskError } from '@kumiki/local';
import { ConfigError } from '@kumiki/service';
import { CommanderError } from 'commander';
import { CliError } from './host/cli-error.ts';
import type { CliHost } from './host/cli-host.ts';
import { createProgram } from './program.ts';
import { printError } from './terminal/print.ts';

/** Runs one command. @returns the exit status: 0 success, 1 failure, 2 invalid command line. */
export async function runCli(args: readonly string[], host: CliHost): Promise<number> {
  const json = args.includes('--json');
  try {
    await createProgram(host).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (thrown) {
    const error = fullDiskError(thrown);
    if (error instanceof CommanderError) {
      // Commander has printed the problem, with the nearest command or option.
      return error.exitCode === 0 ? 0 : 2;
    }
    if (error instanceof CliError || error instanceof KumikiError || error instanceof ConfigError) {
      printError(error.message, json);
      return error instanceof CliError ? error.exitCode : 1;
    }
    printError(
      `Something went wrong in Kumiki itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      json,
    );
    return 1;
  }
}
