import { statSync } from 'node:fs';

/** Between two looks. Polling, since a folder that is shared by hosts or mounted into a container tells of nothing. */
const pollMs = 1_000;

/**
 * Calls back when one of these files has come, gone or been replaced.
 * @param paths asked for at every look, since what is watched changes.
 * @returns what ends it.
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
