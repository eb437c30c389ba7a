import type { Replica } from '@kumiki/api';
import type { ReplicaGauges } from '@kumiki/control';
import { endpointId, type ObservedReplica } from '@kumiki/policy';

/** @param shown the replicas of all services, servers that Kumiki does not run among them. */
export function replicaGauges(shown: readonly Replica[], observed: readonly ObservedReplica[]): ReplicaGauges[] {
  const records = new Map(observed.map((record) => [record.id, record]));
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
