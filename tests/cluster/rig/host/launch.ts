import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { processFiles } from './control-groups.ts';

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file that its output is added to. */
  readonly log: string;
}

/** Starts a process of a machine's control group that outlives this one. Gives its id. */
export function launchInGroup(group: string, { command, args, env, log }: Launch): number {
  const output = openSync(log, 'a');
  const belong = processFiles(group).map((file) => `echo $$ > ${file}`);
  const child = spawn('sh', ['-ec', [...belong, 'exec "$@"'].join('\n'), command, command, ...args], {
    detached: true,
    stdio: ['ignore', output, output],
    env,
  });
  child.unref();
  closeSync(output);
  if (child.pid === undefined) throw new Error(`${command} could not be started for ${group}`);
  return child.pid;
}

/** The process that `unshare` or `nsenter` has started in other namespaces. */
export function onlyChild(pid: number): number {
  const [first = ''] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  if (first === '') throw new Error(`the process ${pid} has no child`);
  return Number(first);
}
