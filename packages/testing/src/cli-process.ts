import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Status } from '@kumiki/api';

/** The program `kumiki`, as a file that Node runs: it is started, never imported. */
export const cliEntry = fileURLToPath(new URL('../../../apps/cli/bin/kumiki.js', import.meta.url));

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Limit of a command. `up` runs as long as its test, which is slow on a busy machine. */
const runLimitMs = 240_000;

/** A running command and its output so far. */
export interface CliProcess {
  readonly child: ChildProcess;
  stdout(): string;
  /** Resolves when standard output matches; rejects when the command ends first. */
  saying(pattern: RegExp): Promise<RegExpExecArray>;
  ended: Promise<CliResult>;
}

/**
 * Starts `kumiki` with a state folder and without the Kumiki settings of this environment.
 * @param limitMs it is ended after this; null: by its caller alone.
 */
export function startCli(
  home: string,
  args: readonly string[],
  input = '',
  settings: Readonly<Record<string, string>> = {},
  limitMs: number | null = runLimitMs,
): CliProcess {
  const child = spawn(process.execPath, [cliEntry, ...args], {
    env: { PATH: process.env['PATH'], HOME: home, KUMIKI_HOME: home, NO_COLOR: '1', ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(limitMs === null ? {} : { timeout: limitMs }),
  });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  return {
    child,
    ended,
    stdout: () => stdout,
    saying: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(stdout);
          if (match !== null) resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${stdout}\n${stderr}`)));
      }),
  };
}

/** The line that `kumiki up --json` prints when it is ready, with the contents of the files that it names. */
export interface ReadyLine {
  readonly url: string;
  readonly apiKey: string;
  readonly consoleUrl: string;
  readonly status: Status;
}

/** Resolves when `kumiki up --json` is ready. */
export async function untilReady(up: CliProcess): Promise<ReadyLine> {
  const [line] = await up.saying(/^.*"type":"ready".*$/m);
  const ready = JSON.parse(line) as Record<string, string> & { status: Status };
  const read = (name: string): string => readFileSync(ready[name] ?? '', 'utf8').trim();
  const { url = '', status } = ready;
  return { url, status, apiKey: read('api_key_file'), consoleUrl: read('console_url_file') };
}

export function runCli(home: string, args: readonly string[], input = ''): Promise<CliResult> {
  return startCli(home, args, input).ended;
}

/** A folder for one test: its state folder and other files. */
export interface TestFolder extends Disposable {
  readonly path: string;
  readonly home: string;
  write(name: string, text: string): string;
}

export function makeTestFolder(): TestFolder {
  const path = mkdtempSync(join(tmpdir(), 'kumiki-cli-'));
  return {
    path,
    home: join(path, 'home'),
    write(name, text) {
      const file = join(path, name);
      writeFileSync(file, text);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A manifest of a simulated model. */
export function simulatedManifest(
  name: string,
  options: { replicas?: number; interTokenLatencyMs?: number } = {},
): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: 'simulated:'
  engine:
    kind: simulated
    simulated:
      interTokenLatencyMs: ${options.interTokenLatencyMs ?? 2}
  replicas: ${options.replicas ?? 1}
`;
}
