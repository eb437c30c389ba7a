import { runCommand } from '../host/run-command.ts';

/** Downloads of a machine that is busy or far away break off. What was built and loaded before is kept by Go. */
const tries = 4;
const brokenOff = /timeout|connection reset|connection refused|unexpected EOF|temporary failure|no such host/i;

/** Runs the `go` command for a program without C, and again when a download broke off. */
export async function runGo(
  args: readonly string[],
  folder: string,
  limitMs: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const options = { cwd: folder, env: { ...process.env, CGO_ENABLED: '0', ...variables }, limitMs };
  for (let left = tries; ; left -= 1) {
    try {
      await runCommand('go', args, options);
      return;
    } catch (error) {
      if (left === 1 || !(error instanceof Error && brokenOff.test(error.message))) throw error;
    }
  }
}
