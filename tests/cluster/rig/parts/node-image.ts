import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { privateApt } from '../../../../scripts/private-apt.ts';
import { runCommand } from '../host/run-command.ts';
import { writeImageArchive } from '../images/write-image.ts';
import { type Part, folderOf } from './part.ts';

/** The name that builds give as NODE_IMAGE where there is no registry of images. */
export const nodeImage = 'kumiki.test/node:24';

const release = 'bookworm';
/** What node:24-slim has of Debian, as far as Node and npm need it: libraries, a shell, and the small tools. */
const packages = ['base-files', 'coreutils', 'dash', 'libacl1', 'libattr1', 'libc6', 'libgcc-s1', 'libgmp10'];
const libraries = ['libgomp1', 'libpcre2-8-0', 'libselinux1', 'libssl3', 'libstdc++6', 'sed', 'zlib1g'];

const downloadLimitMs = 300_000;

/** Node and npm of this machine on Debian's packages: stands in for node:24-slim. */
export const nodeBase: Part = {
  name: 'node-image',
  version: `1-${process.version}`,
  takes: 'half a minute',
  async build(folder) {
    const [work, root] = [join(folder, 'work'), join(folder, 'root')];
    for (const path of [work, root]) mkdirSync(path);
    const options = privateApt(work, 'deb', [release]);
    const place = { cwd: work, limitMs: downloadLimitMs };
    await runCommand('apt-get', [...options, 'update', '-qq'], place);
    await runCommand('apt-get', [...options, 'download', '-qq', ...packages, ...libraries], place);
    for (const path of ['bin', 'lib', 'lib64', 'sbin']) {
      mkdirSync(join(root, 'usr', path), { recursive: true });
      symlinkSync(`usr/${path}`, join(root, path));
    }
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
      await runCommand(
        'sh',
        ['-c', 'dpkg-deb --fsys-tarfile "$0" | tar -x --keep-directory-symlink -C "$1"', file, root],
        place,
      );
    addNode(join(root, 'usr/local'));
    for (const path of ['usr/share/doc', 'usr/share/locale', 'usr/share/man', 'usr/share/info'])
      rmSync(join(root, path), { recursive: true, force: true });
    for (const path of ['root', 'tmp', 'proc', 'sys', 'dev', 'etc']) mkdirSync(join(root, path), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    await writeImageArchive(
      [{ name: nodeImage, layers: [root], entrypoint: [], command: ['node'], env: addAuthorities(root) }],
      join(folder, 'image.tar'),
      join(folder, 'layout'),
    );
    for (const path of [work, root]) rmSync(path, { recursive: true });
  },
};

export const nodeImageFile = (): string => join(folderOf(nodeBase), 'image.tar');

function addNode(local: string): void {
  const bin = join(local, 'bin');
  const modules = join(local, 'lib/node_modules');
  for (const path of [bin, modules]) mkdirSync(path, { recursive: true });
  copyFileSync(process.execPath, join(bin, 'node'));
  cpSync(npmFolder(), join(modules, 'npm'), { recursive: true });
  for (const name of ['npm', 'npx']) symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
}

/** The npm that installs this workspace. */
function npmFolder(): string {
  const script = process.env['npm_execpath'];
  if (script !== undefined) return dirname(dirname(realpathSync(script)));
  const onPath = (process.env['PATH'] ?? '').split(':').map((folder) => join(folder, 'npm'));
  for (const path of onPath)
    try {
      return dirname(dirname(createRequire(realpathSync(path)).resolve('./npm-cli.js')));
    } catch {
      // The next folder of the path may have it.
    }
  throw new Error('there is no npm on the path');
}

/** Where this machine trusts an authority of its own, as behind a company's proxy, builds have to as well. */
function addAuthorities(root: string): string[] {
  const file = process.env['NODE_EXTRA_CA_CERTS'];
  if (file === undefined) return [];
  mkdirSync(join(root, 'etc/ssl'), { recursive: true });
  copyFileSync(file, join(root, 'etc/ssl/extra.pem'));
  return ['NODE_EXTRA_CA_CERTS=/etc/ssl/extra.pem'];
}
