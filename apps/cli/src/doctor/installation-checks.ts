import { existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findRunning, type Running, tryModel } from '@kumiki/local';
import { workerEntry } from '@kumiki/worker/entry';
import { formatBytes } from '../terminal/format.ts';
import { checkPort } from '../up/free-port.ts';
import { fail, type Finding, ok, warn } from './finding.ts';

const mebibyte = 1_048_576;
/** Space for the logs of all replicas; models may be on other disks. */
const leastDiskBytes = 512 * mebibyte;

/** Loads a real model, since only that shows that the engine's binary runs on this processor and system. */
export async function checkEngine(): Promise<Finding> {
  const result = await tryModel(fileURLToPath(workerEntry));
  if (result.ok)
    return ok('engine', `llama.cpp loaded the demo embedding model in ${(result.milliseconds / 1_000).toFixed(1)} s`);
  const remedy = `Run 'npm ci' in Kumiki's folder: it brings the engine for ${process.platform} ${process.arch}, if there is one.`;
  return fail('engine', result.reason, remedy);
}

export function checkDisk(home: string): Finding {
  const { bavail, bsize } = statfsSync(nearestFolder(home));
  const free = bavail * bsize;
  if (free >= leastDiskBytes) return ok('disk', `${formatBytes(free)} free for ${home}`);
  return fail(
    'disk',
    `${formatBytes(free)} free for ${home}`,
    'Free some, or take a folder on another disk with --home.',
  );
}

export function checkHome(home: string): Finding {
  const found = statSync(home, { throwIfNoEntry: false });
  if (found === undefined) return ok('state folder', `${home} will be made by the first 'kumiki up'`);
  if (!found.isDirectory()) return fail('state folder', `${home} is not a folder`, 'Take another with --home.');
  if (process.getuid !== undefined && found.uid !== process.getuid()) {
    return fail(
      'state folder',
      `${home} belongs to another user`,
      'Run kumiki as that user, or take another folder with --home.',
    );
  }
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    return warn('state folder', `${home} can be read by others`, `It holds keys: run 'chmod 700 ${home}'.`);
  }
  return ok('state folder', `${home} is yours alone`);
}

/** Whether `kumiki up` would get its folder and its port, which a running product already has. */
export async function checkRunning(home: string, port: number): Promise<Finding[]> {
  const running = findRunning(home);
  if (running !== null) return [ok('lock', describeHolder(home, running))];
  const lock = ok('lock', 'nothing runs on the state folder');
  const reason = await checkPort('127.0.0.1', port);
  return [lock, reason === null ? ok('port', `${port} is free`) : fail('port', `${port} cannot be used`, reason)];
}

function describeHolder(home: string, { holder, isHere }: Running): string {
  if (holder === null) return `another process holds ${home} and does not say which`;
  const where = isHere ? '' : ` of host '${holder.host}', in another container or on another machine,`;
  return `Kumiki runs on ${home} as process ${holder.pid}${where} since ${holder.since}`;
}

function nearestFolder(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}
