import { KumikiError } from '@kumiki/api';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';

const defaultPageItems = 20;
const maxPageItems = 100;
/** Most bytes of a page of items or turns; a page has at least one. */
export const maxPageBytes = 8_388_608;

const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(maxPageItems).default(defaultPageItems),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().min(1).max(256).optional(),
});
export type Page = z.infer<typeof pageSchema>;

/** Parses the paging parameters of a list's query. */
export function readPage(query: unknown): Page {
  const result = pageSchema.safeParse(query);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = String(issue?.path[0] ?? 'limit');
  throw new KumikiError('invalid_value', { param, reason: issue?.message.toLowerCase() ?? 'it cannot be read' });
}

/** How many of these fit on a page: at most `most`, at most `maxBytes`, but at least one if there is any. */
export function choosePage(sizes: readonly number[], most: number, maxBytes: number = maxPageBytes): number {
  let bytes = 0;
  const end = sizes.findIndex((size) => (bytes += size) > maxBytes);
  return Math.min(most, end < 0 ? sizes.length : Math.max(end, 1));
}

/** A value as stored: JSON text that is sent unchanged. */
export interface JsonText {
  readonly id: string;
  readonly text: string;
}

/** A list as JSON. `first_id` and `last_id` of an empty page are empty strings, since clients expect strings. */
export function listText(data: readonly JsonText[], hasMore: boolean): string {
  const ids = `"first_id":${JSON.stringify(data[0]?.id ?? '')},"last_id":${JSON.stringify(data.at(-1)?.id ?? '')}`;
  return `{"object":"list","data":[${data.map(({ text }) => text).join(',')}],${ids},"has_more":${hasMore}}`;
}

/** Sends JSON that is already serialised. */
export function sendJson(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(text);
}
