import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../host/run-command.ts';
import { writeImageArchive } from '../images/write-image.ts';
import { debianPackages } from './debian-packages.ts';
import { coreDns } from './go-tools.ts';
import { type Part, folderOf } from './part.ts';

export const pauseImage = 'kumiki.test/pause:1';
/** A shell, wget, nslookup, httpd and what else busybox has, in two megabytes. */
export const busyboxImage = 'kumiki.test/busybox:1';
export const coreDnsImage = `kumiki.test/coredns:${coreDns.version}`;

/** The images that the rig's own pods run: written here, since there is no registry to pull them from. */
export const rigImages: Part = {
  name: 'images',
  version: `1-${debianPackages.version}-${coreDns.version}`,
  takes: 'some seconds',
  async build(folder) {
    const busybox = join(folder, 'busybox');
    const bin = join(busybox, 'bin');
    for (const path of [bin, join(busybox, 'tmp'), join(busybox, 'etc')]) mkdirSync(path, { recursive: true });
    chmodSync(join(busybox, 'tmp'), 0o1777);
    copyFileSync(join(folderOf(debianPackages), 'bin/busybox'), join(bin, 'busybox'));
    const applets = await runCommand(join(bin, 'busybox'), ['--list']);
    for (const name of applets.split('\n').filter((one) => one !== '' && one !== 'busybox'))
      symlinkSync('busybox', join(bin, name));
    const dns = join(folder, 'coredns');
    mkdirSync(dns);
    copyFileSync(join(folderOf(coreDns), 'coredns'), join(dns, 'coredns'));
    await writeImageArchive(
      [
        // A sandbox is ended by SIGKILL, so that its process need not listen for anything.
        { name: pauseImage, layers: [busybox], entrypoint: ['/bin/sleep', '2147483647'], user: '65535:65535' },
        { name: busyboxImage, layers: [busybox], entrypoint: [], command: ['/bin/sh'] },
        { name: coreDnsImage, layers: [dns], entrypoint: ['/coredns'] },
      ],
      join(folder, 'images.tar'),
      join(folder, 'layout'),
    );
    for (const path of [busybox, dns]) rmSync(path, { recursive: true });
  },
};
