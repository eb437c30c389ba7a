import { createChatSchema, forkChatSchema, listChatsSchema, readChatSchema, updateChatSchema } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import { callerOf, checkBody } from '@kumiki/service';
import type { FastifyInstance } from 'fastify';
import { requireRoom } from '../usage/usage-rows.ts';
import { insertChat, listChats, readChat, updateChat } from './chat-rows.ts';
import { deleteChat, lockChat } from './delete-chat.ts';
import { forkChat } from './fork-chat.ts';
import { loadTurns } from './load-turns.ts';

function sizeOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}

type IdRequest = { Params: { id: string } };

const chatsPath = '/v1/kumiki/chats';

/** Chats as a person sees them. */
export function addChatsRoutes(app: FastifyInstance, database: Database): void {
  app.post(chatsPath, async (request) => {
    const owner = callerOf(request);
    const body = checkBody(createChatSchema, request.body ?? {}, {});
    const id = await database.transaction(async (transaction) => {
      await requireRoom(transaction, owner, { conversations: 1, conversation_bytes: sizeOf(body) });
      return insertChat(transaction, owner, body);
    });
    return readChat(database, owner, id);
  });

  app.get(chatsPath, async (request) => {
    const page = checkBody(listChatsSchema, request.query, {});
    const { chats, hasMore } = await listChats(database, callerOf(request), page);
    return {
      object: 'list',
      data: chats,
      first_id: chats[0]?.id ?? null,
      last_id: chats.at(-1)?.id ?? null,
      has_more: hasMore,
    };
  });

  app.get<IdRequest>(`${chatsPath}/:id`, async (request) => {
    const page = checkBody(readChatSchema, request.query, {});
    const chat = await readChat(database, callerOf(request), request.params.id);
    const { turns, hasMore } = await loadTurns(database, chat.id, page);
    return { ...chat, turns, has_more: hasMore };
  });

  app.post<IdRequest>(`${chatsPath}/:id`, async (request) => {
    const owner = callerOf(request);
    const { id } = request.params;
    const change = checkBody(updateChatSchema, request.body, {});
    await database.transaction(async (transaction) => {
      await lockChat(transaction, owner, id, 'UPDATE');
      await requireRoom(transaction, owner, { conversation_bytes: change.settings === undefined ? 0 : sizeOf(change) });
      await updateChat(transaction, owner, id, change);
    });
    return readChat(database, owner, id);
  });

  app.delete<IdRequest>(`${chatsPath}/:id`, async (request) => {
    const { id } = request.params;
    await deleteChat(database, callerOf(request), id);
    return { object: 'kumiki.chat', id, deleted: true };
  });

  app.post<IdRequest>(`${chatsPath}/:id/fork`, async (request) => {
    const owner = callerOf(request);
    const fork = checkBody(forkChatSchema, request.body, {});
    return readChat(database, owner, await forkChat(database, owner, request.params.id, fork));
  });
}
