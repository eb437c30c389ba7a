import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@kumiki/testing';
import type { Authority } from '../control-plane/certificates.ts';
import { writeKubeconfig } from '../control-plane/write-kubeconfig.ts';
import { type ClusterPlace, addressIn, firstNodeHost } from '../host/cluster-place.ts';
import { type Machine, openMachine } from '../host/machine.ts';
import { routePods } from '../host/network.ts';
import { imageFile, programVariables, programs } from '../parts/installed-parts.ts';
import { containerdSocket, writeNodeFiles } from './write-node-files.ts';

const containerdLimitMs = 120_000;
/** Volumes that a node offers. Each serves one claim of a run. */
export const volumesPerNode = 8;
export const volumesFolder = '/var/lib/volumes';

/** Where a node stands: the number decides its name, address and zone. */
export interface NodeSeat {
  readonly number: number;
  readonly name: string;
  readonly zone: string;
}

const letters = 'abcdefgh';
const nodeLimit = letters.length;

export function seatOf(number: number): NodeSeat {
  const letter = letters[number];
  if (letter === undefined) throw new RangeError(`a cluster has at most ${nodeLimit} nodes`);
  return { number, name: `node-${letter}`, zone: `zone-${letter}` };
}

export function nodeMachine(place: ClusterPlace, { name, number }: NodeSeat): Machine {
  const address = addressIn(place, firstNodeHost + number);
  return openMachine({ place, name, address, env: programVariables(), init: programs.debian('usr/bin/tini-static') });
}

export interface NodeAccess {
  readonly authority: Authority;
  readonly server: string;
  /** By which kube-proxy and kube-router read what they have to know. */
  readonly proxyConfig: string;
  readonly policyConfig: string;
}

/** Starts a node's machine, its containerd with the rig's images, its kubelet, its kube-proxy and its kube-router. */
export async function startNode(place: ClusterPlace, seat: NodeSeat, access: NodeAccess): Promise<Machine> {
  const machine = nodeMachine(place, seat);
  const { address, folder } = machine;
  const { name, number } = seat;
  await machine.create();
  for (let volume = 0; volume < volumesPerNode; volume += 1)
    mkdirSync(join(folder, 'lib', 'volumes', String(volume)), { recursive: true, mode: 0o777 });
  const identity = { name, user: `system:node:${name}`, group: 'system:nodes' };
  const reachedBy = [`IP:${address}`, `DNS:${name}`];
  const [serving, config] = await Promise.all([
    access.authority.issue({ ...identity, name: `${name}-serving`, reachedBy }),
    writeKubeconfig(join(place.folder, 'access', `${name}.json`), access.server, access.authority, identity),
    routePods(place, number, address),
  ]);
  const files = writeNodeFiles(place, { folder, name, number, address }, access.authority, serving);
  machine.start({ name: 'containerd', command: programs.debian('usr/bin/containerd'), args: ['-c', files.containerd] });
  await until(`containerd of ${name} answers (${folder}/logs)`, containerdLimitMs, () =>
    machine.run(programs.debian('usr/bin/ctr'), '-a', containerdSocket, 'version').then(
      () => true,
      () => false,
    ),
  );
  await importImages(machine, imageFile);
  machine.start({
    name: 'kubelet',
    command: programs.kubernetes('kubelet'),
    args: [
      `--config=${files.kubelet}`,
      `--kubeconfig=${config}`,
      `--hostname-override=${name}`,
      `--node-ip=${address}`,
      `--node-labels=topology.kubernetes.io/zone=${seat.zone},topology.kubernetes.io/region=region-a`,
    ],
  });
  machine.start({
    name: 'kube-proxy',
    command: programs.kubernetes('kube-proxy'),
    args: proxyArguments(place, name, access.proxyConfig),
  });
  machine.start({
    name: 'kube-router',
    command: programs.kubeRouter,
    args: [
      '--run-firewall=true',
      '--run-router=false',
      '--run-service-proxy=false',
      '--run-loadbalancer=false',
      `--kubeconfig=${access.policyConfig}`,
      `--hostname-override=${name}`,
      `--service-cluster-ip-range=${place.serviceRange}`,
      // Its rights are applied while it starts.
      '--cache-sync-timeout=10m',
    ],
  });
  return machine;
}

/** Gives a node the images of an archive, as if it had pulled them. */
export async function importImages(machine: Machine, archive: string): Promise<void> {
  const ctr = programs.debian('usr/bin/ctr');
  await machine.run(ctr, '-a', containerdSocket, '-n', 'k8s.io', 'images', 'import', archive);
}

/** The limits of connections are the host's, which a namespace may not set. */
function proxyArguments(place: ClusterPlace, name: string, config: string): string[] {
  const unset = ['max-per-core', 'tcp-timeout-established', 'tcp-timeout-close-wait'];
  return [
    `--kubeconfig=${config}`,
    `--hostname-override=${name}`,
    '--proxy-mode=iptables',
    `--cluster-cidr=${place.podRange}`,
    ...unset.map((limit) => `--conntrack-${limit}=0`),
  ];
}
