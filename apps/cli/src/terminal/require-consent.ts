import { createInterface } from 'node:readline/promises';
import { CliError } from '../host/cli-error.ts';
import { printNote } from './print.ts';

/**
 * Asks before a command cuts off the one who runs it. Where nobody can be asked (a script, a pipe, JSON) it throws CliError instead,
 * which names the flag that agrees.
 * @param warning what will happen, and the way back in: whole sentences.
 */
export async function requireConsent(
  warning: string,
  flags: { readonly yes?: boolean; readonly json?: boolean },
): Promise<void> {
  if (flags.yes === true) return;
  if (flags.json === true || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CliError(`${warning} Nothing was changed; give --yes to do it all the same.`);
  }
  printNote(warning);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and the end of the input are no consent.
  const left = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  const answer = await Promise.race([terminal.question('Do it all the same? [y/N] '), left]);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Nothing was changed.');
}
