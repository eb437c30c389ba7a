import { join } from 'node:path';

/** Where clusters keep what they write. Only root can make it, and every run on this machine agrees on it. */
export const clustersFolder = '/var/cache/kumiki-test-clusters';

/** Clusters that one machine may hold at a time. Each takes about 1.3 GiB of memory with three nodes. */
export const clusterLimit = 4;

/** What belongs to one cluster on this machine. Everything follows from its index, so that it can be found without its maker. */
export interface ClusterPlace {
  readonly index: number;
  /** Begins the name of each of its network namespaces, control groups and links. */
  readonly id: string;
  readonly folder: string;
  /** Held for as long as the cluster, or the cleaning up after it, lasts. */
  readonly lockFile: string;
  /** What its guard says while it cleans up. */
  readonly logFile: string;
  readonly subnet: string;
  readonly podRange: string;
  readonly serviceRange: string;
}

export function placeOf(index: number): ClusterPlace {
  const folder = join(clustersFolder, String(index));
  return {
    index,
    id: `kumiki-c${index}`,
    folder,
    lockFile: `${folder}.lock`,
    logFile: `${folder}.log`,
    subnet: `10.201.${index}.0/24`,
    podRange: `10.${211 + index}.0.0/16`,
    serviceRange: `10.${231 + index}.0.0/16`,
  };
}

/** The last part of an address in the cluster's subnet: 1 routes, 2 is the control plane, 11 and up are nodes. */
export const routerHost = 1;
export const controlHost = 2;
export const firstNodeHost = 11;
/** This machine itself, as the cluster sees it. */
export const outsideHost = 254;

export function addressIn(place: ClusterPlace, host: number): string {
  return `10.201.${place.index}.${host}`;
}

/** The addresses of the pods of the node with this number, counted from 0. */
export function podSubnet(place: ClusterPlace, node: number): string {
  return `10.${211 + place.index}.${node}.0/24`;
}

/** A fixed address of a Service; 1 is the API server's, 10 the name server's. */
export function serviceAddress(place: ClusterPlace, host: number): string {
  return `10.${231 + place.index}.0.${host}`;
}

export const dnsServiceHost = 10;
