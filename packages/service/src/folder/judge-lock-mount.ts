/** NFS mount options that make locks local to this machine, so that other machines could take the folder too. */
const localLocks = ['nolock', 'local_lock=all', 'local_lock=posix'] as const;

/**
 * Whether locks on a path hold on every machine that mounts its file system, as far as the mount options show.
 * @param mountInfo the text of Linux' /proc/self/mountinfo, see proc(5).
 * @param path absolute, with links resolved.
 * @returns why not, as part of a sentence, or null.
 */
export function judgeLockMount(mountInfo: string, path: string): string | null {
  let best: { point: string; type: string; options: readonly string[] } | null = null;
  for (const line of mountInfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const point = unescapePath(left.split(' ')[4] ?? '');
    if (point === '' || !isBelow(path, point)) continue;
    // Of several mounts on one point the last one applies.
    if (best !== null && point.length < best.point.length) continue;
    const [type = '', , superOptions = ''] = right.split(' ');
    best = { point, type, options: superOptions.split(',') };
  }
  if (best === null || !best.type.startsWith('nfs')) return null;
  const { options, point, type } = best;
  const local = localLocks.find((option) => options.includes(option));
  return local === undefined ? null : `${point} is mounted (${type}) with '${local}', so other machines see no lock`;
}

function isBelow(path: string, point: string): boolean {
  return path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`);
}

/** Blanks and some other characters are escaped in octal. */
function unescapePath(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
