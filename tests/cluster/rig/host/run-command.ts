import { execFile } from 'node:child_process';

/** Commands of the rig take seconds; builds name a limit of their own. */
const commandLimitMs = 120_000;
/** Of what a command prints. A list of all pods is far below. */
const outputLimitBytes = 64 * 1024 * 1024;

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the command reads on its standard input; nothing when left out. */
  readonly input?: string;
  readonly limitMs?: number;
}

/** Runs a command to its end and gives what it printed. Fails with what it said. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input = '', limitMs = commandLimitMs, ...place } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { ...place, timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: outputLimitBytes, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`${command} ${args.join(' ')} failed: ${whyFailed(error, stdout, stderr, limitMs)}`));
      },
    );
    // A command that reads nothing may be gone before its input is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function whyFailed(error: Error & { killed?: boolean }, stdout: string, stderr: string, limitMs: number): string {
  if (error.killed === true) return `it ran longer than ${limitMs} ms. ${stderr.trim()}`;
  return [stderr.trim(), stdout.trim(), error.message].find((text) => text !== '') ?? '';
}
