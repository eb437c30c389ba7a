import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import type { ClusterPlace } from './cluster-place.ts';
import { findGroups, killGroup, processesOf, removeGroup } from './control-groups.ts';
import { removeNetwork } from './network.ts';

/** Removes everything that a cluster has made on this machine, whatever state it is in. */
export async function cleanUp(place: ClusterPlace): Promise<void> {
  const groups = findGroups(`${place.id}-`);
  await Promise.all(groups.map((name) => killGroup(name)));
  await removeNetwork(place);
  for (const name of groups) await removeGroup(name);
  rmSync(place.folder, { recursive: true, force: true });
}

/** What of a cluster is on this machine, in words; nothing once it is cleaned up. */
export function findLeftovers(place: ClusterPlace): string[] {
  const groups = findGroups(`${place.id}-`);
  const namespaces = existsSync('/run/netns') ? readdirSync('/run/netns') : [];
  const links = readdirSync('/sys/class/net');
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return [
    ...groups.flatMap((name) => processesOf(name).map((pid) => `process ${pid} of ${name}`)),
    ...groups.map((name) => `control group ${name}`),
    ...namespaces.filter((name) => name.startsWith(place.id)).map((name) => `namespace ${name}`),
    ...links.filter((name) => name.startsWith(place.id)).map((name) => `link ${name}`),
    ...mounts.filter((line) => line.includes(place.folder) || line.includes(place.id)).map((line) => `mount ${line}`),
    ...(existsSync(place.folder) ? [`folder ${place.folder}`] : []),
  ];
}
