import { fileURLToPath } from 'node:url';
import { defaultProjectLimits, savedChatLimits, type Turn } from '@kumiki/api';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { startPostgres } from '@kumiki/postgres/testing';
import type { Caller } from '@kumiki/service';
import { openResponse, type Item } from '../../answer/response-object.ts';
import { newId } from '../../ids/new-id.ts';
import { createDatabaseJournal } from '../../runs/database-journal.ts';
import { createHub } from '../../runs/hub.ts';
import { insertRun } from '../../runs/run-store.ts';
import type { ChatOwner } from '../chat-rows.ts';
import { joinChat } from '../join-chat.ts';
import { loadTurns } from '../load-turns.ts';

export const owner: ChatOwner & Pick<Caller, 'limits'> = {
  project: 'p1',
  keyId: 'key_1',
  limits: defaultProjectLimits,
};

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database;
}

/** A database with the tables of this service, on a real server or in memory. */
export async function openTables(kind: 'server' | 'embedded'): Promise<TestDatabase> {
  await using stack = new AsyncDisposableStack();
  let database: Database;
  if (kind === 'server') {
    const server = await startPostgres();
    stack.defer(() => server.stop());
    database = openDatabase({ url: server.url, applicationName: 'test', maxConnections: 8 });
  } else database = openDatabase({ folder: null });
  stack.defer(() => database.close());
  await migrate(database, 'conversations', fileURLToPath(new URL('../../../migrations', import.meta.url)));
  const open = stack.move();
  return { database, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

export interface TestTurn {
  readonly text?: string;
  readonly answer?: string;
  readonly previous?: string;
  /** Whether it stays open, like a run whose driver has not begun. */
  readonly open?: boolean;
  readonly owner?: ChatOwner;
}

function message(role: 'user' | 'assistant', text: string): Item {
  const type = role === 'user' ? 'input_text' : 'output_text';
  return { type: 'message', id: newId('msg'), role, status: 'completed', content: [{ type, text }] };
}

/** Stores a response as a turn of a chat and ends it, as a request and a driver do. @returns its id. */
export async function addTurn(database: Database, chatId: string, turn: TestTurn = {}): Promise<string> {
  const id = newId('resp');
  const { project, keyId } = turn.owner ?? owner;
  const input = [message('user', turn.text ?? 'hello')];
  const previous = turn.previous === undefined ? {} : { previous_response_id: turn.previous };
  const request = { model: 'demo', input: 'hello', background: true, metadata: { kumiki_chat: chatId }, ...previous };
  const response = openResponse(id, request, Math.floor(Date.now() / 1_000));
  const events = [
    { type: 'response.created', sequence_number: 0 },
    { type: 'response.queued', sequence_number: 1 },
  ];
  const limits = defaultProjectLimits;
  const run = { id, project, keyId, requestId: 'req', traceparent: null, request, input, response };
  await database.transaction(async (transaction) => {
    const row = { ...run, events, conversationId: null, inChat: true, retentionDays: 30, limits };
    await joinChat(transaction, { project, keyId }, chatId, { id, input }, () => insertRun(transaction, 'test', row));
  });
  if (turn.open === true) return id;
  const counts = { bytes: 0, lost: 0, refusedMs: 0 };
  const state = {
    ...counts,
    background: true,
    fence: 1,
    lastSeq: 1,
    prepared: null,
    revision: null,
    cancelRequested: false,
  };
  const journal = createDatabaseJournal({ database, hub: createHub(), run: { ...run, ...state } });
  const last = [{ type: 'response.completed', sequence_number: 2 }];
  const ended = { ...response, status: 'completed' as const, output: [message('assistant', turn.answer ?? 'hi')] };
  const batch = { events: last, frames: '', prepared: null, revision: null };
  await journal.finish(batch, ended, new AbortController().signal);
  return id;
}

/** All turns of a chat. */
export async function allTurns(database: Database, chat: string): Promise<readonly Turn[]> {
  const { turns } = await loadTurns(database, chat, { limit: savedChatLimits.turnsPage });
  return turns;
}
