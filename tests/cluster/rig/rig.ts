import { controlMachine, auditLogOf } from './control-plane/start-control-plane.ts';
import type { ClusterPlace } from './host/cluster-place.ts';
import type { Machine } from './host/machine.ts';
import { importImages, nodeMachine, seatOf, type NodeSeat } from './node/start-node.ts';

/** One node: where it stands, and the machine that can be cut off, paused and killed. */
export interface RigNode extends NodeSeat {
  readonly machine: Machine;
}

/** What the rig can do that no API offers. */
export interface Rig {
  readonly place: ClusterPlace;
  /** Runs etcd, the API server, the controllers and the scheduler. */
  readonly control: Machine;
  readonly nodes: readonly RigNode[];
  /** The file in which the API server writes every request, one JSON object a line. */
  readonly auditLog: string;
  node(name: string): RigNode;
  /** Gives every node the images of an archive that `writeImageArchive` wrote. */
  importImages(archive: string): Promise<void>;
  /** Drops all traffic between the API server and a node or pod with this address, until `control.heal()`. */
  cutFromApiServer(address: string): Promise<void>;
}

export function rigAt(place: ClusterPlace, nodeCount: number): Rig {
  const control = controlMachine(place);
  const nodes = Array.from({ length: nodeCount }, (_, number) => {
    const seat = seatOf(number);
    return { ...seat, machine: nodeMachine(place, seat) };
  });
  return {
    place,
    control,
    nodes,
    auditLog: auditLogOf(place),
    node(name) {
      const found = nodes.find((node) => node.name === name);
      if (found === undefined)
        throw new RangeError(`the cluster has no node ${name}; it has ${nodes.map((node) => node.name).join(', ')}`);
      return found;
    },
    async importImages(archive) {
      await Promise.all(nodes.map(({ machine }) => importImages(machine, archive)));
    },
    cutFromApiServer: (address) => control.dropFrom(address),
  };
}
