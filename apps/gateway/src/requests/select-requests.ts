import type { RequestList, RequestQuery, RequestRecord } from '@kumiki/api';

/** Whether a record is one of those that a query asks for. */
function matches(record: RequestRecord, query: RequestQuery): boolean {
  return (
    (query.model === undefined || record.model === query.model) &&
    (query.project === undefined || record.project === query.project) &&
    (query.key_id === undefined || record.key_id === query.key_id) &&
    (query.outcome === undefined || record.outcome === query.outcome) &&
    (query.kind === undefined || record.kind === query.kind) &&
    (query.path === undefined || isUnder(record.path, query.path))
  );
}

function isUnder(path: string, above: string): boolean {
  return path.startsWith(above) && (path.length === above.length || above.endsWith('/') || path[above.length] === '/');
}

/**
 * A page of records.
 * @param newestFirst all that is remembered. What was forgotten since the page before was older than all of it, so an
 *   `after` that is not there has nothing after it.
 */
export function selectRequests(newestFirst: Iterable<RequestRecord>, query: RequestQuery): RequestList {
  const data: RequestRecord[] = [];
  let begun = query.after === undefined;
  let hasMore = false;
  for (const record of newestFirst) {
    if (!begun) {
      begun = record.id === query.after;
      continue;
    }
    if (!matches(record, query)) continue;
    if (data.length === query.limit) {
      hasMore = true;
      break;
    }
    data.push(record);
  }
  return { object: 'list', data, first_id: data[0]?.id ?? '', last_id: data.at(-1)?.id ?? '', has_more: hasMore };
}
