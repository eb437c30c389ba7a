import type { ServiceStatus } from '@kumiki/api';
import { endpointId, type ObservedReplica } from '@kumiki/policy';
import type { ReplicaGauges } from '../ports/installation.ts';

/**
 * How busy the replicas of all services are.
 * @param services as the API shows them, outside servers included.
 * @param observed the replicas that Kumiki runs.
 */
export function replicaGauges(
  services: readonly ServiceStatus[],
  observed: readonly ObservedReplica[],
): ReplicaGauges[] {
  const records = new Map(observed.map((record) => [record.id, record]));
  const shown = services.flatMap(({ replicas }) => replicas);
  return shown.map(({ id, service, model, running, waiting, rss_bytes: rssBytes }) => {
    const record = records.get(id);
    return {
      id,
      endpoint: record === undefined ? id : endpointId(record),
      service,
      model,
      running,
      waiting,
      maxRunning: record?.load?.maxRunning ?? null,
      kvCache: record?.load?.kvCache ?? null,
      rssBytes,
    };
  });
}
