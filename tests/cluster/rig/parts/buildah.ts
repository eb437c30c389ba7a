import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { privateApt } from '../../../../scripts/private-apt.ts';
import { runCommand } from '../host/run-command.ts';
import { type Part, folderOf } from './part.ts';

const release = 'bookworm';
const packages = [
  'buildah',
  'golang-github-containers-common',
  'golang-github-containers-image',
  'libassuan0',
  'libdevmapper1.02.1',
  'libgpg-error0',
  'libgpgme11',
  'libseccomp2',
];

const downloadLimitMs = 300_000;

/** Builds images from a Containerfile without a daemon. From Debian's packages, unpacked into a tree of its own. */
export const buildah: Part = {
  name: 'buildah',
  version: '1',
  takes: 'some seconds',
  async build(folder) {
    const work = join(folder, 'work');
    mkdirSync(work);
    const options = privateApt(work, 'deb', [release]);
    const place = { cwd: work, limitMs: downloadLimitMs };
    await runCommand('apt-get', [...options, 'update', '-qq'], place);
    await runCommand('apt-get', [...options, 'download', '-qq', ...packages], place);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
      await runCommand('dpkg', ['-x', file, folder], place);
    rmSync(work, { recursive: true });
  },
};

export const buildahProgram = (): string => join(folderOf(buildah), 'usr/bin/buildah');

export const buildahPolicy = (): string => join(folderOf(buildah), 'etc/containers/policy.json');

/** The library path under which it finds its unpacked libraries. */
export function buildahVariables(): Record<string, string> {
  return { LD_LIBRARY_PATH: libraryFolders().join(':') };
}

/**
 * The command that builds: in a mount namespace where the unpacked libraries lie beside those of the machine. It starts itself again
 * for each RUN without its environment, so that LD_LIBRARY_PATH does not reach there. What it mounts is not seen outside.
 */
export function buildahInNamespace(args: readonly string[]): readonly string[] {
  const folders = libraryFolders();
  const place = join('/usr/lib', basename(folders[0] ?? ''));
  const script = 'mount -t overlay -o "lowerdir=$0" overlay "$1" && shift && exec "$@"';
  const layers = [...folders, place].join(':');
  return ['unshare', '--mount', '--propagation', 'slave', 'sh', '-c', script, layers, place, buildahProgram(), ...args];
}

function libraryFolders(): readonly string[] {
  return ['usr/lib', 'lib'].flatMap((path) => {
    const libraries = join(folderOf(buildah), path);
    return readdirSync(libraries)
      .filter((name) => name.endsWith('-linux-gnu'))
      .map((name) => join(libraries, name));
  });
}
