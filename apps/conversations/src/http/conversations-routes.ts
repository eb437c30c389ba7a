import { addItemsSchema, createConversationSchema, KumikiError, updateConversationSchema } from '@kumiki/api';
import type { InputItem } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import type { Item } from '../answer/response-object.ts';
import { buildMessages } from '../chat/build-messages.ts';
import { normalizeInput } from '../chat/normalize-input.ts';
import { appendItems } from '../conversations/append-items.ts';
import {
  deleteConversation,
  deleteItem,
  findConversation,
  findItem,
  insertConversation,
  listItems,
  updateConversation,
} from '../conversations/conversation-rows.ts';
import { newId } from '../ids.ts';
import { maxConversationItems } from '../limits.ts';
import { itemList, readPage } from './paging.ts';

type IdRequest = { Params: { id: string } };
type ItemRequest = { Params: { id: string; item: string } };

/** `/v1/conversations` and their items. */
export function addConversationsRoutes(app: FastifyInstance, database: Database): void {
  app.post('/v1/conversations', async (request) => {
    const { project } = callerOf(request);
    const body = checkBody(createConversationSchema, request.body ?? {}, {});
    const items = itemsOf(body.items ?? []);
    const id = newId('conv');
    return database.transaction(async (transaction) => {
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
  app.post<IdRequest>('/v1/conversations/:id/items', async (request) => {
    const { project } = callerOf(request);
    const items = itemsOf(checkBody(addItemsSchema, request.body, {}).items);
    await database.transaction(async (transaction) => {
      const count = await appendItems(transaction, project, request.params.id, items);
      if (count === null) throw notFound(request.params.id);
      if (count <= maxConversationItems) return;
      const reason = `the conversation would have ${count} items and the limit is ${maxConversationItems}`;
      throw new KumikiError('invalid_value', { param: 'items', reason });
    });
    return itemList(items, false);
  });

  app.get<IdRequest>('/v1/conversations/:id/items', async (request) => {
    const { project } = callerOf(request);
    const { id } = request.params;
    const page = readPage(request.query);
    const after = page.after === undefined ? null : await findItem(database, project, id, page.after);
    if (page.after !== undefined && after === null) throw itemNotFound(page.after);
    const list = await listItems(database, project, id, page, after?.position ?? null);
    if (list.data.length === 0) found(id, await findConversation(database, project, id));
    return list;
  });

  app.get<ItemRequest>('/v1/conversations/:id/items/:item', async (request) => {
    const { id, item } = request.params;
    const row = await findItem(database, callerOf(request).project, id, item);
    if (row === null) throw itemNotFound(item);
    return row.item;
  });

  app.delete<ItemRequest>('/v1/conversations/:id/items/:item', async (request) => {
    const { project } = callerOf(request);
    const { id, item } = request.params;
    if (!(await deleteItem(database, project, id, item))) throw itemNotFound(item);
    return found(id, await findConversation(database, project, id));
  });
}

/** Items as they are stored; what no model can read is refused at once. */
function itemsOf(input: readonly InputItem[]): Item[] {
  for (const [index, item] of input.entries()) {
    if (item.type !== 'item_reference') continue;
    throw new KumikiError('unsupported_parameter', { param: `items[${index}]`, reason: 'send the item itself' });
  }
  const items = normalizeInput(input);
  buildMessages(null, items);
  return items;
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
