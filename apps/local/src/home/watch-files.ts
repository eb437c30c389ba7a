import { statSync } from 'node:fs';

/** Polling interval. Polling is needed because folders on shared or container mounts report no changes. */
const pollMs = 1_000;

/**
 * Calls back when one of these files was created, deleted or replaced.
 * @param paths called at every poll, since the set changes.
 * @returns a function that stops watching.
 */
export function watchFiles(paths: () => Iterable<string>, onChange: () => void): () => void {
  let seen = signature(paths());
  const timer = setInterval(() => {
    const now = signature(paths());
    if (now === seen) return;
    seen = now;
    onChange();
  }, pollMs);
  timer.unref();
  return () => clearInterval(timer);
}

function signature(paths: Iterable<string>): string {
  return [...paths]
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? `${path} -` : `${path} ${found.ino} ${found.mtimeMs} ${found.size}`;
    })
    .join('\n');
}
