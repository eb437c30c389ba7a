import { KumikiError } from '@kumiki/api';

/** A page of a list, in the format of the SDKs' cursor pages. */
export interface Page<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

export interface PageQuery {
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
}

/** How to read a page from rows that are ordered by `number`. */
export interface PagePlan {
  /** A condition on `number`, to follow AND; `edge` is the parameter for the cursor's number. */
  readonly condition: (edge: string) => string;
  readonly direction: 'ASC' | 'DESC';
  /** One more than requested, to detect the last page. */
  readonly fetch: number;
  readonly cursor: string | null;
}

/** `after` gives the items following the cursor, `before` those directly preceding it, both in the requested order. */
export function planPage(query: PageQuery): PagePlan {
  if (query.after !== undefined && query.before !== undefined) {
    throw new KumikiError('invalid_value', { param: 'before', reason: 'it cannot be used together with after' });
  }
  const backwards = query.before !== undefined;
  const ascending = (query.order === 'asc') !== backwards;
  return {
    condition: (edge) => `number ${ascending ? '>' : '<'} ${edge}`,
    direction: ascending ? 'ASC' : 'DESC',
    fetch: query.limit + 1,
    cursor: query.after ?? query.before ?? null,
  };
}

/**
 * Makes a page from the fetched rows.
 * @param cut whether the rows were limited by their size, so that more follow.
 */
export function toPage<Row, Item extends { readonly id: string }>(
  rows: readonly Row[],
  query: PageQuery,
  toItem: (row: Row) => Item,
  cut = false,
): Page<Item> {
  const kept = rows.slice(0, query.limit);
  const data = (query.before === undefined ? kept : kept.toReversed()).map(toItem);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? '',
    last_id: data.at(-1)?.id ?? '',
    has_more: cut || rows.length > query.limit,
  };
}

/** The error for a cursor that is not in this list. */
export function unknownCursor(query: PageQuery): KumikiError {
  const param = query.after === undefined ? 'before' : 'after';
  return new KumikiError('invalid_value', { param, reason: 'it names nothing in this list' });
}
