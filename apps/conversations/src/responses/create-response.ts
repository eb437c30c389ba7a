import { chatMetadataKey, type CreateResponse, KumikiError } from '@kumiki/api';
import type { Database } from '@kumiki/postgres';
import type { Caller, GatewayClient } from '@kumiki/service';
import { z } from 'zod';
import type { Item } from '../answer/response-object.ts';
import { openResponse, type ResponseObject } from '../answer/response-object.ts';
import { joinChat } from '../chats/join-chat.ts';
import { bytesOf, type ConversationSize, requireConversationSize, writeItems } from '../conversations/append-items.ts';
import { claimIdempotencyKey } from '../idempotency/claim-key.ts';
import { newId } from '../ids/new-id.ts';
import { buildMessages } from '../prompt/build-messages.ts';
import { normalizeInput } from '../prompt/normalize-input.ts';
import type { Hub } from '../runs/hub.ts';
import { conversationIdOf, hasContext, loadContext } from '../runs/load-context.ts';
import { createMemoryJournal } from '../runs/memory-journal.ts';
import type { OpenRun } from '../runs/open-run.ts';
import { type EventLog, memoryLog, storedLog } from '../runs/read-log.ts';
import { newMachine } from '../runs/rebuild.ts';
import { insertRun, type NewRun, responsesRoute } from '../runs/run-store.ts';
import type { RunRecord } from '../runs/run.ts';
import type { Runner } from '../runs/runner.ts';
import { readUsage, requireWithin } from '../usage/usage-rows.ts';
import { findStatus } from './response-rows.ts';

/**
 * Most bytes of the request members that a response repeats (instructions, tools, format, metadata), since its events
 * contain them too.
 */
const maxShownRequestBytes = 2_097_152;

export interface ResponsesDeps {
  readonly database: Database;
  readonly gateway: GatewayClient;
  readonly hub: Hub;
  readonly runner: Runner;
  readonly replica: string;
  readonly retentionDays: number;
}

export interface CreatedRun {
  readonly id: string;
  readonly log: EventLog;
  /** null when the request is a repetition: its existing response is returned, and no run begins. */
  readonly open: OpenRun | null;
}

/**
 * Begins a response. Throws KumikiError when the request refers to something that does not exist or cannot be read.
 * @param idempotencyKey the header of that name.
 */
export async function createRun(
  deps: ResponsesDeps,
  caller: Caller,
  request: CreateResponse,
  idempotencyKey: string | string[] | undefined,
): Promise<CreatedRun> {
  deps.runner.requireRoom(caller.project, request.background === true);
  const input = await resolveInput(deps.database, caller.project, request);
  if (request.background === true) await requireModel(deps.gateway, caller, request.model);
  const id = newId('resp');
  const response = openResponse(id, request, Math.floor(Date.now() / 1_000));
  requireShown(response);
  const machine = newMachine({ request, response });
  machine.open();
  const events = machine.take();
  const run: RunRecord = {
    id,
    project: caller.project,
    keyId: caller.keyId,
    requestId: caller.requestId,
    traceparent: caller.traceparent,
    lowPriority: caller.lowPriority,
    background: request.background === true,
    request,
    input,
    response,
    fence: 1,
    lastSeq: events.at(-1)?.sequence_number ?? 0,
    prepared: null,
    revision: null,
    cancelRequested: false,
    bytes: 0,
    lost: 0,
    refusedMs: 0,
  };
  if (request.store === false) {
    const open = await openStored(deps.database, caller.project);
    // There is no await from here to the start, so the count of unstored runs stays correct.
    requireWithin(caller, 'open_responses', open + deps.runner.unstoredRuns(caller.project), 1);
    const journal = createMemoryJournal(id, deps.hub);
    const bytes = Buffer.byteLength(JSON.stringify(input));
    return { id, open: deps.runner.start({ ...run, lastSeq: -1, bytes }, journal), log: memoryLog(journal) };
  }
  // A background run begins at once if there is capacity, and otherwise waits for its turn.
  const place = run.background ? await deps.runner.reserve(run.project) : null;
  const waiting = run.background && place === null;
  try {
    const unstored = deps.runner.unstoredRuns(caller.project);
    const made = await storeOnce(deps, run, { events, limits: caller.limits, unstored, waiting }, idempotencyKey);
    const log = storedLog(deps.database, caller.project, made.id);
    const begins = made.id === id && !waiting;
    return { id: made.id, log, open: begins ? deps.runner.start({ ...run, bytes: made.bytes }) : null };
  } finally {
    place?.();
  }
}

/** An unstored response does not need the database: while it is unavailable, stored responses are not counted. */
async function openStored(database: Database, project: string): Promise<number> {
  try {
    return (await readUsage(database, project)).open_responses;
  } catch (error) {
    if (error instanceof KumikiError && error.code === 'service_unavailable') return 0;
    throw error;
  }
}

/** Every event with the whole response repeats these members of the request. */
function requireShown(response: ResponseObject): void {
  const bytes = Buffer.byteLength(JSON.stringify(response));
  if (bytes <= maxShownRequestBytes) return;
  const reason = `with tools and format it has ${bytes} bytes and the limit is ${maxShownRequestBytes}; send less, or put it into 'input'`;
  throw new KumikiError('invalid_value', { param: 'instructions', reason });
}

/**
 * Stores a run, unless its idempotency key was used before. @returns the id of the response that answers the request,
 * and its bytes.
 */
async function storeOnce(
  { database, replica, retentionDays }: ResponsesDeps,
  run: RunRecord,
  { waiting, ...begun }: Pick<NewRun, 'events' | 'limits' | 'unstored'> & { readonly waiting: boolean },
  key: string | string[] | undefined,
): Promise<{ readonly id: string; readonly bytes: number }> {
  const chatId = run.request.metadata?.[chatMetadataKey];
  const conversationId = conversationIdOf(run.request);
  const row = { ...run, ...begun, conversationId, inChat: chatId !== undefined, retentionDays };
  if (key === undefined && chatId === undefined) {
    return { id: run.id, bytes: await insertRun(database, replica, row, waiting) };
  }
  return database.transaction(async (transaction) => {
    const request = { project: run.project, route: responsesRoute, key, body: run.request };
    const made = key === undefined ? run.id : await claimIdempotencyKey(transaction, { ...request, key }, run.id);
    if (made !== run.id) return { id: made, bytes: 0 };
    const insert = (): Promise<number> => insertRun(transaction, replica, row, waiting);
    const bytes = await (chatId === undefined ? insert() : joinChat(transaction, run, chatId, run, insert));
    return { id: made, bytes };
  });
}

/** The request's own items, after checking that everything it refers to exists. */
export async function resolveInput(
  database: Database,
  project: string,
  request: Pick<CreateResponse, 'input' | 'conversation' | 'previous_response_id' | 'truncation'>,
): Promise<Item[]> {
  const items = normalizeInput(request.input);
  if (items.length === 0 && !hasContext(request)) {
    throw new KumikiError('invalid_value', { param: 'input', reason: 'it is missing; send a text or a list of items' });
  }
  // Refuses unsupported content before anything is stored.
  buildMessages(null, items);
  await requireConversation(database, project, conversationIdOf(request), items);
  await requirePrevious(database, project, request.previous_response_id ?? null);
  const references = items.filter(({ type }) => type === 'item_reference');
  if (references.length === 0) return items;
  // An item that is already part of the context is not added again.
  const known = await findKnown(database, project, request, references);
  for (const { id } of references) {
    if (known.has(id)) continue;
    const hint =
      ' Items are found by id in the conversation or in the responses before; otherwise send the item itself.';
    throw new KumikiError('not_found', { what: 'item', id, hint }, { param: 'input' });
  }
  return items.filter(({ type }) => type !== 'item_reference');
}

/** The ids that the context already contains. */
async function findKnown(
  database: Database,
  project: string,
  request: Parameters<typeof loadContext>[2],
  references: readonly Item[],
): Promise<ReadonlySet<string>> {
  const conversation = conversationIdOf(request);
  if (conversation === null) {
    const { items } = await loadContext(database, project, request);
    return new Set(items.map(({ id }) => id));
  }
  const { rows } = await database.query<{ id: string }>(
    'SELECT id FROM conversations.items WHERE conversation_id = $1 AND id = ANY($2::text[])',
    [conversation, references.map(({ id }) => id)],
  );
  return new Set(rows.map(({ id }) => id));
}

async function requireConversation(
  database: Database,
  project: string,
  id: string | null,
  own: readonly Item[],
): Promise<void> {
  if (id === null) return;
  const { rows } = await database.query<ConversationSize>(
    'SELECT item_count AS items, bytes FROM conversations.conversations WHERE id = $1 AND project = $2',
    [id, project],
  );
  const size = rows[0];
  if (size === undefined) throw new KumikiError('not_found', { what: 'conversation', id }, { param: 'conversation' });
  const bytes = size.bytes + bytesOf(writeItems(own));
  requireConversationSize({ items: size.items + Math.max(own.length, 1), bytes }, 'conversation');
}

async function requirePrevious(database: Database, project: string, id: string | null): Promise<void> {
  if (id === null) return;
  const param = 'previous_response_id';
  const status = await findStatus(database, project, id);
  if (status === null) throw new KumikiError('not_found', { what: 'response', id }, { param });
  if (status !== 'queued' && status !== 'in_progress') return;
  throw new KumikiError('invalid_value', {
    param,
    reason: 'that response has not ended yet; wait for it or cancel it',
  });
}

/** Refuses an unknown model at once; a background response would otherwise fail later, unnoticed. */
async function requireModel(gateway: GatewayClient, caller: Caller, model: string): Promise<void> {
  await gateway.json(
    { method: 'GET', path: `/v1/models/${encodeURIComponent(model)}`, keyId: caller.keyId },
    z.unknown(),
  );
}
