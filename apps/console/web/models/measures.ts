import type { Load, ReplicaLoad } from '@kumiki/api';
import { type ServiceLoad, serviceLine, sumOfService } from '../operate/service-load.ts';

/** So many points make a small line: the last minutes. */
const linePoints = 90;

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
  const line = points
    .slice(-linePoints)
    .map(({ replicas }) => new Map(replicas.map(({ id, tokens_per_second }) => [id, tokens_per_second])));
  return {
    ofReplica: (id) => byId.get(id),
    lineOfReplica: (id) => line.map((moment) => moment.get(id) ?? null),
    ofService: (name) => sumOfService(latest, name),
    lineOfService: (name) => serviceLine(points, name),
  };
}
