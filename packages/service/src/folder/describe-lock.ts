import type { Running } from './lock.ts';

/** The message when another process holds the folder. */
export function describeRunning(folder: string, { holder, isHere }: Running): string {
  if (holder === null) {
    return `Another process holds ${folder} and does not say which. Stop it, or take another folder with --home`;
  }
  const { pid, host, since } = holder;
  if (isHere) {
    return `Kumiki runs already on ${folder}, as process ${pid} since ${since}. Change what it runs with 'kumiki apply -f', stop it with 'kumiki down', or take another folder with --home`;
  }
  return `Kumiki runs already on ${folder}, in another container or on another machine (process ${pid} of host '${host}', since ${since}). One folder serves one process: stop that one where it runs, or take another folder with --home. An orchestrator that replaces containers must end the old one before it starts the new one`;
}

/** The message for a folder that cannot be locked. */
export function describeImpossible(folder: string, reason: string): string {
  return `${folder} cannot be held against other processes: ${reason}. Two that run on one folder destroy each other's data, so nothing was started. Take a folder on a file system that locks files with --home`;
}
