import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateApt } from '../../../../scripts/private-apt.ts';
import { runCommand } from '../host/run-command.ts';
import type { Part } from './part.ts';

/** What has to be new, since Kubernetes wants a new containerd. Runs with any glibc from 2.34. */
const newest = { release: 'sid', packages: ['etcd-server', 'containerd', 'containernetworking-plugins'] };

/** What is linked with libraries, from a release whose glibc is older than those of the machines that run it. */
const settled = {
  release: 'bookworm',
  packages: [
    'runc',
    'iptables',
    'ipset',
    'tini',
    'busybox-static',
    'libip4tc2',
    'libip6tc2',
    'libipset13',
    'libmnl0',
    'libnetfilter-conntrack3',
    'libnfnetlink0',
    'libnftnl11',
    'libseccomp2',
    'libxtables12',
  ],
};

/** The names under which programs call iptables. Debian makes these links when it installs the package. */
const iptablesNames = ['iptables', 'ip6tables'].flatMap((name) => [name, `${name}-save`, `${name}-restore`]);

const downloadLimitMs = 300_000;

/** Programs from Debian's packages, unpacked into a tree of their own: nothing is installed on the machine. */
export const debianPackages: Part = {
  name: 'debian',
  version: '1',
  takes: 'half a minute',
  async build(folder) {
    const work = join(folder, 'work');
    mkdirSync(work);
    const options = privateApt(work, 'deb', [newest.release, settled.release]);
    const wanted = [newest, settled].flatMap(({ release, packages }) => packages.map((name) => `${name}/${release}`));
    const place = { cwd: work, limitMs: downloadLimitMs };
    await runCommand('apt-get', [...options, 'update', '-qq'], place);
    await runCommand('apt-get', [...options, 'download', '-qq', ...wanted], place);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
      await runCommand('dpkg', ['-x', file, folder], place);
    for (const name of iptablesNames) symlinkSync('xtables-nft-multi', join(folder, 'usr/sbin', name));
    rmSync(work, { recursive: true });
    writeFileSync(join(folder, 'packages'), `${wanted.join('\n')}\n`);
  },
};
