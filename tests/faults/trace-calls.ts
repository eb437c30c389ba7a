import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const traced = ['write', 'pwrite64', 'fsync', 'fdatasync', 'rename', 'unlink'];

/**
 * Why system calls cannot be traced here; false when they can. With CI set it is always false, so that a missing strace
 * fails the tests instead of skipping them.
 */
export function whyNoTrace(): string | false {
  if (process.env['CI'] !== undefined) return false;
  const { status } = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']);
  return status === 0 ? false : 'no strace runs here; on Debian its package is called strace';
}

/** A successful call, in order of completion. */
export interface Call {
  readonly name: string;
  /** The file of a descriptor, or the path; the new path of a rename. */
  readonly path: string;
  /** The beginning of the written data. */
  readonly text: string;
}

/** Runs a Node script under strace and returns its system calls. @param trace path of the trace file. */
export async function traceCalls(script: string, trace: string): Promise<Call[]> {
  const options = ['-f', '-y', '-qq', '-s', '64', '-e', `trace=${traced.join()}`, '-e', 'signal=none', '-o', trace];
  const entry = `${trace}.mjs`;
  writeFileSync(entry, script);
  const child = spawn('strace', [...options, process.execPath, entry], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const status = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`the traced script ended with ${status}`);
  return readCalls(readFileSync(trace, 'utf8'));
}

function readCalls(text: string): Call[] {
  const begun = new Map<string, string>();
  return text.split('\n').flatMap((line) => {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest.slice(0, -'<unfinished ...>'.length));
      return [];
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    return readCall(resumed === null ? rest : `${begun.get(thread) ?? ''}${resumed[1] ?? ''}`);
  });
}

function readCall(line: string): Call[] {
  const [, name, parameters = '', result] = /^(\w+)\((.*)\) += (-?\d+)/.exec(line) ?? [];
  if (name === undefined || Number(result) < 0) return [];
  const quoted = [...parameters.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => match[1] ?? '');
  const descriptor = /^\d+<([^>]*)>/.exec(parameters)?.[1];
  if (descriptor !== undefined) return [{ name, path: descriptor, text: quoted[0] ?? '' }];
  return [{ name, path: quoted.at(-1) ?? '', text: '' }];
}
