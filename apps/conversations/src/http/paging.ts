import { KumikiError } from '@kumiki/api';
import { z } from 'zod';
import type { Item } from '../answer/response-object.ts';
import { defaultPageItems, maxPageItems } from '../limits.ts';

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageItems).default(defaultPageItems),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().min(1).max(256).optional(),
});
export type Page = z.infer<typeof pageSchema>;

/** The paging of a list as its query says it. */
export function readPage(query: unknown): Page {
  const result = pageSchema.safeParse(query);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = String(issue?.path[0] ?? 'limit');
  throw new KumikiError('invalid_value', { param, reason: issue?.message.toLowerCase() ?? 'it cannot be read' });
}

export interface ItemList {
  readonly object: 'list';
  readonly data: readonly Item[];
  /** Empty texts when the page is: clients take these fields for texts. */
  readonly first_id: string;
  readonly last_id: string;
  readonly has_more: boolean;
}

export function itemList(data: readonly Item[], hasMore: boolean): ItemList {
  return { object: 'list', data, first_id: data[0]?.id ?? '', last_id: data.at(-1)?.id ?? '', has_more: hasMore };
}

/** A page of items that are all at hand, oldest first. */
export function pageOf(items: readonly Item[], page: Page): ItemList {
  const ordered = page.order === 'asc' ? items : items.toReversed();
  const from = page.after === undefined ? 0 : ordered.findIndex(({ id }) => id === page.after) + 1;
  if (page.after !== undefined && from === 0) throw new KumikiError('not_found', { what: 'item', id: page.after });
  return itemList(ordered.slice(from, from + page.limit), ordered.length > from + page.limit);
}
