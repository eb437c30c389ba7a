import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { type ClusterPlace, addressIn, outsideHost, podSubnet, routerHost } from './cluster-place.ts';
import { runCommand } from './run-command.ts';

const namespacesFolder = '/run/netns';
const bridge = 'bridge';

/** The namespace that holds the bridge and routes between the pods of different nodes. */
function routerNamespace(place: ClusterPlace): string {
  return `${place.id}-router`;
}

const ip = (...args: readonly string[]): Promise<string> => runCommand('ip', args);

/**
 * Makes the cluster's network: a namespace with a bridge, and one link to this machine, through which tests reach nodes
 * and pods. The settings of this machine stay as they are: forwarding is switched on inside the namespace only.
 */
export async function createNetwork(place: ClusterPlace): Promise<void> {
  const router = routerNamespace(place);
  const gateway = addressIn(place, routerHost);
  await ip('netns', 'add', router);
  await ip('-n', router, 'link', 'add', bridge, 'type', 'bridge');
  await ip('-n', router, 'addr', 'add', `${gateway}/24`, 'dev', bridge);
  await ip('-n', router, 'link', 'set', 'lo', 'up');
  await ip('-n', router, 'link', 'set', bridge, 'up');
  await setInNamespace(router, ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.send_redirects=0']);
  await ip('link', 'add', place.id, 'type', 'veth', 'peer', 'name', 'outside', 'netns', router);
  await ip('-n', router, 'link', 'set', 'outside', 'master', bridge, 'up');
  await ip('addr', 'add', `${addressIn(place, outsideHost)}/24`, 'dev', place.id);
  await ip('link', 'set', place.id, 'up');
  await ip('route', 'add', place.podRange, 'via', gateway, 'dev', place.id);
}

/** Makes a machine's namespace with one link to the bridge. */
export async function joinNetwork(place: ClusterPlace, name: string, address: string): Promise<void> {
  const namespace = `${place.id}-${name}`;
  const router = routerNamespace(place);
  await ip('netns', 'add', namespace);
  await ip('-n', router, 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  await ip('-n', router, 'link', 'set', name, 'master', bridge, 'up');
  await ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', 'eth0');
  await ip('-n', namespace, 'link', 'set', 'lo', 'up');
  await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  await ip('-n', namespace, 'route', 'add', 'default', 'via', addressIn(place, routerHost));
  await setInNamespace(namespace, ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.route_localnet=1']);
}

/** Leads what is sent to a node's pods to that node. */
export async function routePods(place: ClusterPlace, node: number, address: string): Promise<void> {
  await ip('-n', routerNamespace(place), 'route', 'add', podSubnet(place, node), 'via', address, 'dev', bridge);
}

/** Takes a machine's cable out, or puts it in again. */
export async function setLink(place: ClusterPlace, name: string, state: 'up' | 'down'): Promise<void> {
  await ip('-n', routerNamespace(place), 'link', 'set', name, state);
}

/** Removes the cluster's namespaces; links, routes and packet filters go with them. */
export async function removeNetwork(place: ClusterPlace): Promise<void> {
  // A namespace goes some time after its name; its end of this link would be seen until then.
  if (existsSync(`/sys/class/net/${place.id}`)) await ip('link', 'del', place.id);
  const names = existsSync(namespacesFolder) ? readdirSync(namespacesFolder) : [];
  for (const name of names.filter((one) => one.startsWith(`${place.id}-`))) await ip('netns', 'del', name);
  // The first namespace of a machine makes its folder a mount; the last one takes it along.
  if (isMount(namespacesFolder) && readdirSync(namespacesFolder).length === 0) await unmount(namespacesFolder);
}

async function setInNamespace(namespace: string, settings: readonly string[]): Promise<void> {
  await runCommand('nsenter', [`--net=${namespacesFolder}/${namespace}`, 'sysctl', '-qw', ...settings]);
}

function isMount(folder: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${folder} `);
}

/** Another cluster may have made a namespace meanwhile: then the folder is busy, and stays. */
async function unmount(folder: string): Promise<void> {
  await runCommand('umount', [folder]).catch(() => undefined);
}
