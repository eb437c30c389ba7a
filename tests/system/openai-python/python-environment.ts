import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Limit of the installation, which downloads packages once. */
const installLimitMs = 240_000;

const requirements = join(import.meta.dirname, 'requirements.txt');

export type PythonEnvironment =
  | { readonly kind: 'ready'; readonly python: string }
  | { readonly kind: 'missing'; readonly reason: string };

/**
 * A Python environment with the pinned SDK, in a folder outside the repository, created on first use. Without Python or
 * its packages it returns the reason; with CI set a failed installation is an error.
 */
export function openPythonEnvironment(): PythonEnvironment {
  const target = folder();
  const python = join(target, 'bin', 'python');
  if (existsSync(join(target, 'complete'))) return { kind: 'ready', python };
  if (!run('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'])) {
    return { kind: 'missing', reason: 'no python3 of 3.10 or later with venv and pip' };
  }
  const failure = install(target);
  if (failure === null) return { kind: 'ready', python };
  if (process.env['CI'] !== undefined) throw new Error(failure);
  return { kind: 'missing', reason: failure };
}

/** Beside the tests' PostgreSQL; each set of pins has its own folder. */
function folder(): string {
  const cache = process.getuid?.() === 0 ? '/var/cache' : join(homedir(), '.cache');
  const pins = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(cache, `kumiki-test-openai-python-${pins}`);
}

/** @returns why it failed, or null. */
function install(target: string): string | null {
  const work = `${target}.${process.pid}`;
  mkdirSync(dirname(target), { recursive: true });
  try {
    const made = spawnIt('python3', ['-m', 'venv', work]);
    if (made.status !== 0) return `python3 -m venv: ${complaint(made)}`;
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary', ':all:', '-r', requirements];
    const installed = spawnIt(join(work, 'bin', 'python'), pip);
    if (installed.status !== 0) return `pip install: ${complaint(installed)}`;
    writeFileSync(join(work, 'complete'), '');
    // Another run may have been faster; its folder is equivalent.
    if (!existsSync(join(target, 'complete'))) {
      rmSync(target, { recursive: true, force: true });
      renameSync(work, target);
    }
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): boolean {
  return spawnIt(command, args).status === 0;
}

function spawnIt(command: string, args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(command, args, { encoding: 'utf8', timeout: installLimitMs });
}

function complaint({ error, stderr, status }: SpawnSyncReturns<string>): string {
  return error?.message ?? stderr.trim().split('\n').at(-1) ?? `status ${status}`;
}
