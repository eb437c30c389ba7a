import { KumikiError } from '@kumiki/api';
import { callerOf } from '@kumiki/service';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { isTerminal } from '../answer/response-event.ts';
import { readPage, sendJson } from '../http/paging.ts';
import type { OpenRun } from '../runs/open-run.ts';
import { type EventLog, readLog, responseIn, storedLog, typeOf } from '../runs/read-log.ts';
import { requestCancel } from '../runs/run-store.ts';
import { cancelResponse } from './cancel-response.ts';
import { checkCount, checkCreate } from './check-request.ts';
import { countInputTokens } from './count-input-tokens.ts';
import { createRun, type ResponsesDeps } from './create-response.ts';
import { deleteResponse, findResponse, readInputPage } from './response-rows.ts';
import { restateRefusal } from './restate-refusal.ts';
import { sendEvents } from './send-events.ts';
import { sendLateJson } from './send-late-json.ts';

/** Most concurrent streams of one replica. */
const maxReaders = 4_096;
/** A reply begins at the latest after this time, even if the model has not accepted the request yet. */
const headPatienceMs = 15_000;

type IdRequest = { Params: { id: string } };

const retrieveSchema = z.object({
  stream: z.enum(['true', 'false']).default('false'),
  starting_after: z.coerce.number().int().min(-1).max(2_147_483_647).default(-1),
});

/** `/v1/responses`. */
export function addResponsesRoutes(app: FastifyInstance, deps: ResponsesDeps): void {
  const { database, hub, runner } = deps;
  const readers = createReaders();

  app.post('/v1/responses', async (request, reply) => {
    const caller = callerOf(request);
    const body = checkCreate(request.body);
    readers.requireRoom();
    const gone = leavingSignal(reply);
    const { id, open, log } = await createRun(deps, caller, body, request.headers['idempotency-key']);
    const background = body.background === true;
    if (!background && open !== null) {
      const leave = (): void => {
        // At shutdown the connections are closed by this replica, not by the clients.
        if (runner.released()) return;
        open.stop('cancel');
        if (body.store !== false) void requestCancel(database, caller.project, id).catch(() => {});
      };
      if (gone.aborted) leave();
      else gone.addEventListener('abort', leave);
      await begin(open);
    }
    if (body.stream === true) return readers.stream(deps, reply, log, id, -1, gone);
    if (background) return sendJson(reply, await firstResponse(log));
    const events = readLog(log, hub, id, -1, gone);
    return sendRaw(reply, () => sendLateJson(reply.raw, lastResponse(events)));
  });

  app.get<IdRequest>('/v1/responses/:id', async (request, reply) => {
    const { project } = callerOf(request);
    const { id } = request.params;
    const query = retrieveSchema.safeParse(request.query);
    if (!query.success) {
      const param = String(query.error.issues[0]?.path[0] ?? 'stream');
      throw new KumikiError('invalid_value', { param, reason: 'it cannot be read' });
    }
    const response = await findResponse(database, project, id);
    if (response === null) throw notFound(id);
    if (query.data.stream === 'false') return response;
    readers.requireRoom();
    const log = storedLog(database, project, id);
    return readers.stream(deps, reply, log, id, query.data.starting_after, leavingSignal(reply));
  });

  app.post<IdRequest>('/v1/responses/:id/cancel', async (request) => {
    return cancelResponse(deps, callerOf(request).project, request.params.id);
  });

  app.delete<IdRequest>('/v1/responses/:id', async (request) => {
    const { id } = request.params;
    if (!(await deleteResponse(database, callerOf(request).project, id))) throw notFound(id);
    return { id, object: 'response', deleted: true };
  });

  app.get<IdRequest>('/v1/responses/:id/input_items', async (request, reply) => {
    const page = readPage(request.query);
    return sendJson(reply, await readInputPage(database, callerOf(request).project, request.params.id, page));
  });

  app.post('/v1/responses/input_tokens', async (request) => {
    const tokens = await countInputTokens(deps, callerOf(request), checkCount(request.body));
    return { object: 'response.input_tokens', input_tokens: tokens };
  });
}

function notFound(id: string): KumikiError {
  return new KumikiError('not_found', { what: 'response', id });
}

/**
 * Waits until the model has accepted the request, so that a refusal can still be sent as an error status. The wait is
 * bounded.
 */
async function begin(open: OpenRun): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    open.commit();
    resolve();
  }, headPatienceMs);
  try {
    await Promise.race([open.begun, promise]);
  } catch (error) {
    throw error instanceof KumikiError ? restateRefusal(error) : error;
  } finally {
    clearTimeout(timer);
  }
}

/** Aborted when the client closes its connection before the reply has ended. */
function leavingSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

/**
 * Sends a streamed reply. If it fails halfway, the connection is closed without the final chunk, so that clients detect
 * it.
 */
async function sendRaw(reply: FastifyReply, send: () => Promise<void>): Promise<void> {
  reply.hijack();
  try {
    await send();
  } catch {
    reply.raw.destroy();
  }
}

/** The response from the first event, with the status `queued`. */
async function firstResponse(log: EventLog): Promise<string> {
  const found = await log.after(-1);
  const event = found?.batches[0]?.events[0];
  if (event === undefined) throw new KumikiError('service_unavailable', { reason: 'The response is gone' });
  return responseIn(event);
}

/** Yields blanks while the response is generated, then the response. */
async function* lastResponse(events: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  let last: string | undefined;
  for await (const batch of events) {
    last = batch.at(-1) ?? last;
    if (batch.length === 0) yield ' ';
  }
  // A response that was deleted meanwhile has no final event, so its reply is broken off.
  if (last === undefined || !isTerminal(typeOf(last))) throw new Error('the log ended before the response');
  yield responseIn(last);
}

/** The open streams. */
function createReaders() {
  let open = 0;
  return {
    requireRoom() {
      if (open < maxReaders) return;
      const reason = `This replica feeds ${maxReaders} streams, which is its limit`;
      throw new KumikiError('service_unavailable', { reason }, { retryAfterMs: 1_000 });
    },
    async stream(
      { hub }: ResponsesDeps,
      reply: FastifyReply,
      log: EventLog,
      id: string,
      after: number,
      gone: AbortSignal,
    ): Promise<void> {
      open++;
      await sendRaw(reply, () => sendEvents(reply.raw, readLog(log, hub, id, after, gone), gone));
      open--;
    },
  };
}
