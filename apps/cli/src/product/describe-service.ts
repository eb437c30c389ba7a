import type { DataService, DataServiceCause } from '@kumiki/api';
import { residentBytes, type SupervisedService } from '@kumiki/local';
import type { ServiceName } from './service-list.ts';

type ServiceRecord = SupervisedService['record'];

/** A service's process as the status shows it. */
export function describeService(name: ServiceName, record: ServiceRecord): DataService {
  const pid = record.process?.pid ?? null;
  return {
    object: 'kumiki.data_service',
    name,
    ...stateOf(record),
    pid,
    restarts: record.restarts,
    rss_bytes: residentBytes(pid),
    started_at: record.startedAtUnix,
  };
}

function stateOf(record: ServiceRecord): Pick<DataService, 'state' | 'reason' | 'cause'> {
  if (record.readyAt !== null) return { state: 'ready', reason: '', cause: null };
  if (record.lastEnd === null) {
    return record.startedAt === null
      ? { state: 'starting', reason: 'it waits for its database', cause: 'waits_for_database' }
      : { state: 'starting', reason: 'it starts', cause: 'starts' };
  }
  const cause: DataServiceCause = record.lackedOther ? 'database_unavailable' : 'broken';
  const { reason } = record.lastEnd;
  const sentence = `${reason}${reason.endsWith('.') ? '' : '.'}`;
  if (record.process !== null) return { state: 'starting', reason: `${sentence} It is being started again.`, cause };
  return { state: 'failed', reason: `${sentence} It is tried again.`, cause };
}
