import { type CreateResponse, KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import type { Item } from '../answer/response-object.ts';
import { listPlaces, readItems } from '../conversations/conversation-rows.ts';
import { choosePage } from '../http/paging.ts';
import { fromFirstTurn } from '../prompt/drop-oldest.ts';

/** Most items of a context, as many as a chat may have messages. */
const maxContextItems = 16_000;
/** Most bytes of a context as JSON: two million tokens of four bytes, more than any model accepts. */
export const maxContextBytes = 8_388_608;
/** Most responses of a chain of `previous_response_id`. */
const maxChainLength = 4_096;

/** The members of a request that determine its context. */
export type ContextOf = Pick<CreateResponse, 'previous_response_id' | 'conversation' | 'truncation'>;

/** Items, oldest first, and their bytes as JSON; `cut` when they were truncated to the limits. */
interface Context {
  readonly items: readonly Item[];
  readonly bytes: number;
  readonly cut: boolean;
}

/**
 * The items that precede a request's own, oldest first: those of its conversation, or inputs and outputs of all
 * previous responses. A deleted response ends the chain. A context above the limits is truncated from the front by
 * whole turns with `truncation: auto`; otherwise KumikiError names the limit.
 */
export async function loadContext(
  database: Queryable,
  project: string,
  request: ContextOf,
): Promise<{ readonly items: readonly Item[]; readonly bytes: number }> {
  const conversation = conversationIdOf(request);
  const previous = request.previous_response_id ?? null;
  if (!hasContext(request)) return { items: [], bytes: 0 };
  const { items, bytes, cut } =
    conversation === null
      ? await loadChain(database, project, previous ?? '')
      : await loadConversation(database, project, conversation);
  if (!cut) return { items, bytes };
  if (request.truncation !== 'auto') throw tooLong(conversation === null ? 'previous_response_id' : 'conversation');
  return { items: fromFirstTurn(items), bytes };
}

function tooLong(param: string): KumikiError {
  const error = new KumikiError('context_length_exceeded', {}, { param });
  error.message =
    `The context of this request is longer than any model here accepts: at most ${maxContextItems} items with` +
    ` ${maxContextBytes} bytes may precede a question. Start another conversation, or send truncation: 'auto'.`;
  return error;
}

interface Link {
  readonly id: string;
  readonly bytes: number;
}

/** Sums the sizes from the newest back until they exceed the limit, and reads only what fits. */
async function loadChain(database: Queryable, project: string, last: string): Promise<Context> {
  const bytes = (row: string): string =>
    `(octet_length(${row}.input::text) + octet_length((${row}.response->'output')::text))::bigint`;
  const { rows: links } = await database.query<Link>(
    `WITH RECURSIVE chain AS (
       SELECT r.id, r.previous_response_id, 1 AS depth, ${bytes('r')} AS bytes, ${bytes('r')} AS reached
       FROM conversations.responses AS r WHERE r.id = $1 AND r.project = $2
       UNION ALL
       SELECT r.id, r.previous_response_id, chain.depth + 1, ${bytes('r')}, chain.reached + ${bytes('r')}
       FROM chain JOIN conversations.responses AS r ON r.id = chain.previous_response_id
       WHERE r.project = $2 AND chain.depth < $3 AND chain.reached <= $4)
     SELECT id, bytes FROM chain ORDER BY depth`,
    [last, project, maxChainLength, maxContextBytes],
  );
  const fitting = links.slice(0, countFitting(links));
  const { rows } = await database.query<{ input: readonly Item[]; output: readonly Item[] }>(
    `SELECT r.input, r.response->'output' AS output FROM unnest($1::text[]) WITH ORDINALITY AS link (id, ordinal)
     JOIN conversations.responses AS r ON r.id = link.id AND r.project = $2 ORDER BY link.ordinal DESC`,
    [fitting.map(({ id }) => id), project],
  );
  const items = rows.flatMap(({ input, output }) => [...input, ...output]);
  return {
    items: items.slice(-maxContextItems),
    bytes: sum(fitting),
    cut: fitting.length < links.length || items.length > maxContextItems,
  };
}

async function loadConversation(database: Queryable, project: string, id: string): Promise<Context> {
  const places = await listPlaces(database, project, id, { order: 'desc', limit: maxContextItems + 1 }, null);
  const fitting = places.slice(0, Math.min(countFitting(places), maxContextItems));
  const rows = await readItems(database, id, fitting);
  const items = rows.map(({ text }) => JSON.parse(text) as Item).toReversed();
  return { items, bytes: sum(fitting), cut: fitting.length < places.length };
}

function sum(sized: readonly { readonly bytes: number }[]): number {
  return sized.reduce((total, { bytes }) => total + bytes, 0);
}

/** How many of these, newest first, fit into a context. */
function countFitting(newestFirst: readonly { readonly bytes: number }[]): number {
  if ((newestFirst[0]?.bytes ?? 0) > maxContextBytes) return 0;
  const sizes = newestFirst.map(({ bytes }) => bytes);
  return choosePage(sizes, sizes.length, maxContextBytes);
}

/** Whether a request has a context. */
export function hasContext({ conversation, previous_response_id: previous }: ContextOf): boolean {
  return conversation != null || previous != null;
}

export function conversationIdOf({ conversation }: ContextOf): string | null {
  return typeof conversation === 'string' ? conversation : (conversation?.id ?? null);
}
