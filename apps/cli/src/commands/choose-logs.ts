import type { Status } from '@kumiki/api';

type Seen = Pick<Status, 'services' | 'data_services'>;

/** Replicas that Kumiki does not run have no process here, and so no log. */
const loggedReplicas = ({ services }: Seen) =>
  services.flatMap(({ replicas }) => replicas).filter(({ pid, phase }) => pid !== null || phase !== 'ready');

/**
 * Whose logs are meant by a name; all where none is given. A name that nobody has may be that of a replica that is gone and has left
 * its log. null: a model service that has none.
 */
export function chooseLogs(status: Seen, name: string | undefined): readonly string[] | null {
  const replicas = loggedReplicas(status);
  const dataServices = status.data_services.map((service) => service.name);
  if (name === undefined) return [...replicas.map(({ id }) => id), ...dataServices];
  const chosen = replicas.filter(({ id, service }) => id === name || service === name).map(({ id }) => id);
  if (dataServices.includes(name)) chosen.push(name);
  if (chosen.length > 0) return chosen;
  return status.services.some(({ manifest }) => manifest.metadata.name === name) ? null : [name];
}

/** The names that `kumiki logs` takes: of services, of their replicas, of data services. */
export function logNames(status: Seen): string[] {
  const names = loggedReplicas(status).flatMap(({ id, service }) => [service, id]);
  return [...names, ...status.data_services.map(({ name }) => name)];
}
