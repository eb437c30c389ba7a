import type { KvCache, Replica } from '@kumiki/api';
import { endpointId, type ObservedReplica } from '@kumiki/policy';

/** What is known of a replica's load beside what the gateway measures. */
export interface ReplicaGauges {
  readonly id: string;
  /** As the gateway knows it. */
  readonly endpoint: string;
  readonly service: string;
  readonly model: string;
  readonly running: number | null;
  readonly waiting: number | null;
  readonly maxRunning: number | null;
  readonly kvCache: KvCache | null;
  readonly rssBytes: number | null;
}

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
