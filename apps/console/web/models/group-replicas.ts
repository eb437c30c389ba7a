import type { Replica, ReplicaPhase, ServiceStatus } from '@kumiki/api';
import { judgeService } from '../operate/judge-service.ts';

export interface RevisionGroup {
  readonly revision: string;
  /** Whether it is the one that is wanted. */
  readonly current: boolean;
  readonly ready: number;
  /** Problems first. */
  readonly replicas: readonly Replica[];
}

const phaseRank: Readonly<Record<ReplicaPhase, number>> = { failed: 0, starting: 1, draining: 2, ready: 3, stopped: 4 };

/** The replicas of a service by revision, the wanted one first, and in it those that need somebody. */
export function groupReplicas(service: ServiceStatus): readonly RevisionGroup[] {
  const wanted = service.revision.split(' ');
  return [...Map.groupBy(service.replicas, ({ revision }) => revision).entries()]
    .map(([revision, replicas]): RevisionGroup => ({
      revision,
      current: wanted.includes(revision),
      ready: replicas.filter(({ phase }) => phase === 'ready').length,
      replicas: replicas.toSorted((a, b) => phaseRank[a.phase] - phaseRank[b.phase] || (a.id < b.id ? -1 : 1)),
    }))
    .toSorted((a, b) => Number(b.current) - Number(a.current));
}

/** Services as they are looked for: problems first, then by name. */
export function findServices(
  services: readonly ServiceStatus[],
  text: string,
  onlyProblems: boolean,
): readonly ServiceStatus[] {
  const wanted = fold(text.trim());
  const matches = ({ manifest, models, replicas }: ServiceStatus): boolean =>
    wanted === '' ||
    [manifest.metadata.name, ...models, ...manifest.spec.model.aliases].some((name) => fold(name).includes(wanted)) ||
    replicas.some(({ id }) => fold(id).includes(wanted));
  return services
    .filter((service) => matches(service) && (!onlyProblems || hasProblem(service)))
    .toSorted(
      (a, b) =>
        judgeService(a).rank - judgeService(b).rank || (a.manifest.metadata.name < b.manifest.metadata.name ? -1 : 1),
    );
}

export function hasProblem(service: ServiceStatus): boolean {
  const { tone } = judgeService(service);
  return tone === 'bad' || tone === 'warn' || service.replicas.some(({ phase }) => phase === 'failed');
}

/** Half and full width, upper and lower case are the same to who searches. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
