import type { ObservedRequestQuery, ObservedRequests, RequestRecord } from '@kumiki/api';

/** Whether a record matches a query. */
function matches(record: RequestRecord, query: ObservedRequestQuery): boolean {
  return (
    (query.id === undefined || record.id === query.id) &&
    (query.trace_id === undefined || record.trace_id === query.trace_id) &&
    (query.model === undefined || record.model === query.model) &&
    (query.project === undefined || record.project === query.project) &&
    (query.key_id === undefined || record.key_id === query.key_id) &&
    (query.outcome === undefined || record.outcome === query.outcome) &&
    (query.kind === undefined || record.kind === query.kind) &&
    (query.path === undefined || isUnder(record.path, query.path)) &&
    (query.before_at === undefined || isOlder(record, query.before_at, query.before_id ?? ''))
  );
}

function isUnder(path: string, above: string): boolean {
  return path.startsWith(above) && (path.length === above.length || above.endsWith('/') || path[above.length] === '/');
}

function isOlder({ started_at: at, id }: RequestRecord, beforeAt: number, beforeId: string): boolean {
  return at < beforeAt || (at === beforeAt && id < beforeId);
}

/** The records that match a query, newest first, and by id among those of the same time. */
export function selectRequests(records: Iterable<RequestRecord>, query: ObservedRequestQuery): ObservedRequests {
  const found: RequestRecord[] = [];
  for (const record of records) if (matches(record, query)) found.push(record);
  found.sort((a, b) => b.started_at - a.started_at || (a.id < b.id ? 1 : -1));
  return { data: found.slice(0, query.limit), has_more: found.length > query.limit };
}
