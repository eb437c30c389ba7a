import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { debianPackages } from './debian-packages.ts';
import { coreDns, helm, kubeRouter } from './go-tools.ts';
import { kubernetes } from './kubernetes.ts';
import { folderOf, installPart } from './part.ts';
import { rigImages } from './rig-images.ts';

/** The images are last, since they hold programs of the other parts. */
const parts = [debianPackages, kubernetes, coreDns, kubeRouter, helm, rigImages];

/** Builds what is missing, one part after the other: each uses all cores. */
export async function installParts(say: (line: string) => void): Promise<void> {
  for (const part of parts) await installPart(part, say);
}

/** Paths of the programs that the cluster is made of. */
export const programs = {
  kubernetes: (name: string): string => join(folderOf(kubernetes), name),
  debian: (path: string): string => join(folderOf(debianPackages), path),
  kubeRouter: join(folderOf(kubeRouter), 'kube-router'),
  helm: join(folderOf(helm), 'helm'),
};

/** The images that every node holds from its start, as one file. */
export const imageFile = join(folderOf(rigImages), 'images.tar');

/** Lets programs find each other and their libraries in the unpacked tree. */
export function programVariables(): Record<string, string> {
  const tree = folderOf(debianPackages);
  const libraries = join(tree, 'usr/lib');
  // Debian keeps libraries below the name of the machine's kind, such as x86_64-linux-gnu.
  const kind = readdirSync(libraries).find((name) => name.endsWith('-linux-gnu')) ?? '';
  return {
    PATH: [join(tree, 'usr/bin'), join(tree, 'usr/sbin'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':'),
    LD_LIBRARY_PATH: join(libraries, kind),
    XTABLES_LIBDIR: join(libraries, kind, 'xtables'),
  };
}
