import { type ChildProcess, spawn } from 'node:child_process';

/** The number of the image's user, who is nobody on any usual machine. */
export const imageUser = 65_532;

export interface ImageProcess {
  readonly child: ChildProcess;
  /** What it has written so far, both streams. */
  output(): string;
}

/** Where programs in an image find the test's folder. */
export const folderInImage = '/tmp/of-the-test';

/**
 * Starts `node` with arguments in an unpacked image as its user: the root is read-only, `/tmp` is empty, and {@link folderInImage} is a folder
 * of the test. Network and processes are those of the machine. Mounts end with the process.
 */
export function runInImage(
  root: string,
  work: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): ImageProcess {
  const script = [
    'set -e',
    'mount --make-rprivate /',
    'mount --bind "$1" "$1"',
    'mount -o remount,bind,ro "$1"',
    'mount -t proc proc "$1/proc"',
    'mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"',
    `mkdir "$1${folderInImage}"`,
    `mount --bind "$2" "$1${folderInImage}"`,
    'root=$1',
    'shift 2',
    `exec chroot --userspec=${imageUser}:${imageUser} "$root" /bin/sh -c 'cd /app && exec node "$@"' node "$@"`,
  ].join('\n');
  const child = spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', root, work, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // As the image and container runtimes set it: the number of the user has no entry with a home.
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp', ...settings },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output };
}
