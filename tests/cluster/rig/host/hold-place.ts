import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findLeftovers } from './clean-up.ts';
import { type ClusterPlace, clusterLimit, clustersFolder, placeOf } from './cluster-place.ts';

const cleanUp = fileURLToPath(new URL('./clean-up-main.ts', import.meta.url));

/** The right to one place, and the guard that cleans it up when this process ends, however it ends. */
export interface HeldPlace {
  readonly place: ClusterPlace;
  /** Has the guard clean up, waits for it, and gives the place back. Fails with what the guard could not remove. */
  release(): Promise<void>;
}

/** Takes the first place that nobody holds. */
export async function holdFreePlace(): Promise<HeldPlace> {
  for (let index = 0; index < clusterLimit; index += 1) {
    const held = await holdPlace(index);
    if (held !== null) return held;
  }
  throw new Error(`all ${clusterLimit} places for test clusters are taken; end one of the runs that hold them`);
}

/**
 * Takes a place if nobody holds it. The lock is held by a guard, a process of a session of its own that waits for the end
 * of this one: it sees the pipe between them close, cleans up, and only then gives the lock back.
 */
async function holdPlace(index: number): Promise<HeldPlace | null> {
  const place = placeOf(index);
  mkdirSync(clustersFolder, { recursive: true, mode: 0o755 });
  const log = openSync(place.logFile, 'a');
  const wait = 'echo held; cat > /dev/null; exec "$@"';
  const clean = [process.execPath, cleanUp, String(index)];
  const guard = spawn('flock', ['--nonblock', place.lockFile, 'sh', '-c', wait, 'guard', ...clean], {
    cwd: dirname(cleanUp),
    detached: true,
    stdio: ['pipe', 'pipe', log],
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve, reject) => {
    guard.on('error', reject);
    guard.on('close', resolve);
  });
  const held = new Promise<true>((resolve) => {
    guard.stdout?.once('data', () => resolve(true));
  });
  if ((await Promise.race([held, ended])) !== true) return null;
  return {
    place,
    async release() {
      guard.stdin?.end();
      const status = await ended;
      if (status !== 0) throw new Error(`the guard of ${place.id} failed: ${readFileSync(place.logFile, 'utf8')}`);
      rmSync(place.logFile, { force: true });
    },
  };
}

/** Cleans up after runs that died together with their guards. */
export async function sweepPlaces(): Promise<void> {
  for (let index = 0; index < clusterLimit; index += 1)
    if (findLeftovers(placeOf(index)).length > 0) await (await holdPlace(index))?.release();
}
