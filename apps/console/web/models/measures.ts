import type { Load, ReplicaLoad } from '@kumiki/api';
import { replicaLine, type ServiceLoad, serviceLine, sumOfService } from '../operate/service-load.ts';

export interface Measures {
  readonly ofReplica: (id: string) => ReplicaLoad | undefined;
  /** Tokens per second over the last minutes. */
  readonly lineOfReplica: (id: string) => readonly (number | null)[];
  readonly ofService: (name: string) => ServiceLoad | null;
  readonly lineOfService: (name: string) => readonly (number | null)[];
}

/** The newest load by replica and service; with 500 replicas nobody should search for each. */
export function measure(points: readonly Load[]): Measures {
  const latest = points.at(-1);
  const byId = new Map(latest?.replicas.map((replica) => [replica.id, replica]));
  return {
    ofReplica: (id) => byId.get(id),
    lineOfReplica: (id) => replicaLine(points, id),
    ofService: (name) => sumOfService(latest, name),
    lineOfService: (name) => serviceLine(points, name),
  };
}
