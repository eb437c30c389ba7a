import { addItemsSchema, createConversationSchema, KumikiError, updateConversationSchema } from '@kumiki/api';
import type { InputItem } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { choosePage, listText, readPage, sendJson } from '../http/paging.ts';
import { newId } from '../ids/new-id.ts';
import { buildMessages } from '../prompt/build-messages.ts';
import { normalizeInput } from '../prompt/normalize-input.ts';
import { requireRoom } from '../usage/usage-rows.ts';
import { appendItems, bytesOf, requireConversationSize, type WrittenItem, writeItems } from './append-items.ts';
import {
  deleteConversation,
  deleteItem,
  findConversation,
  findItem,
  findPosition,
  insertConversation,
  listPlaces,
  lockConversation,
  readItems,
  updateConversation,
} from './conversation-rows.ts';

type IdRequest = { Params: { id: string } };
type ItemRequest = { Params: { id: string; item: string } };

/** `/v1/conversations` and their items. */
export function addConversationsRoutes(app: FastifyInstance, database: Database): void {
  app.post('/v1/conversations', async (request) => {
    const caller = callerOf(request);
    const { project } = caller;
    const body = checkBody(createConversationSchema, request.body ?? {}, {});
    const items = itemsOf(body.items ?? []);
    const id = newId('conv');
    return database.transaction(async (transaction) => {
      await requireRoom(transaction, caller, { conversations: 1, conversation_bytes: bytesOf(items) });
      const created = await insertConversation(transaction, project, id, body.metadata ?? {});
      await appendItems(transaction, project, id, items);
      return created;
    });
  });

  app.get<IdRequest>('/v1/conversations/:id', async (request) =>
    found(request.params.id, await findConversation(database, callerOf(request).project, request.params.id)),
  );

  app.post<IdRequest>('/v1/conversations/:id', async (request) => {
    const { metadata } = checkBody(updateConversationSchema, request.body, {});
    const { id } = request.params;
    return found(id, await updateConversation(database, callerOf(request).project, id, metadata ?? {}));
  });

  app.delete<IdRequest>('/v1/conversations/:id', async (request) => {
    const { id } = request.params;
    const deleted = await deleteConversation(database, callerOf(request).project, id);
    if (!deleted) throw notFound(id);
    return { id, object: 'conversation.deleted', deleted: true };
  });
  addItemRoutes(app, database);
}

function addItemRoutes(app: FastifyInstance, database: Database): void {
  app.post<IdRequest>('/v1/conversations/:id/items', async (request, reply) => {
    const caller = callerOf(request);
    const { project } = caller;
    const items = itemsOf(checkBody(addItemsSchema, request.body, {}).items);
    await database.transaction(async (transaction) => {
      const { id } = request.params;
      if (!(await lockConversation(transaction, project, id))) throw notFound(id);
      await requireRoom(transaction, caller, { conversation_bytes: bytesOf(items) });
      const size = await appendItems(transaction, project, id, items);
      if (size === null) throw notFound(id);
      requireConversationSize(size, 'items');
    });
    return sendJson(reply, listText(items, false));
  });

  app.get<IdRequest>('/v1/conversations/:id/items', async (request, reply) => {
    const { project } = callerOf(request);
    const { id } = request.params;
    const page = readPage(request.query);
    const after = page.after === undefined ? null : await findPosition(database, project, id, page.after);
    if (page.after !== undefined && after === null) throw itemNotFound(page.after);
    const places = await listPlaces(database, project, id, { ...page, limit: page.limit + 1 }, after);
    if (places.length === 0) found(id, await findConversation(database, project, id));
    const sizes = places.map(({ bytes }) => bytes);
    const shown = places.slice(0, choosePage(sizes, page.limit));
    return sendJson(reply, listText(await readItems(database, id, shown), places.length > shown.length));
  });

  app.get<ItemRequest>('/v1/conversations/:id/items/:item', async (request, reply) => {
    const { id, item } = request.params;
    const row = await findItem(database, callerOf(request).project, id, item);
    if (row === null) throw itemNotFound(item);
    return sendJson(reply, row.text);
  });

  app.delete<ItemRequest>('/v1/conversations/:id/items/:item', async (request) => {
    const { project } = callerOf(request);
    const { id, item } = request.params;
    if (!(await deleteItem(database, project, id, item))) throw itemNotFound(item);
    return found(id, await findConversation(database, project, id));
  });
}

/** Items in stored form. Throws for content that no model can read. */
function itemsOf(input: readonly InputItem[]): WrittenItem[] {
  for (const [index, item] of input.entries()) {
    if (item.type !== 'item_reference') continue;
    throw new KumikiError('unsupported_parameter', { param: `items[${index}]`, reason: 'send the item itself' });
  }
  const items = normalizeInput(input);
  buildMessages(null, items);
  return writeItems(items);
}

function found<Value>(id: string, value: Value | null): Value {
  if (value === null) throw notFound(id);
  return value;
}

function notFound(id: string): KumikiError {
  return new KumikiError('not_found', { what: 'conversation', id });
}

function itemNotFound(id: string): KumikiError {
  return new KumikiError('not_found', { what: 'item', id });
}
