import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadReply, ThreadRequest, WireReply } from './embedded-protocol.ts';
import { createGroupSync } from './group-sync.ts';
import { measureRows } from './measure-rows.ts';
import { openPglite } from './open-pglite.ts';
import { errorFrame, readyFrame, scanReply } from './wire/frames.ts';

/** The embedded database in a thread of its own: a query keeps its thread busy, and no stream may wait for one. */

/** Bytes of a result that crosses to the service's thread. Pages of services are far smaller. */
const maxResultBytes = 134_217_728;
/** SQLSTATE of program_limit_exceeded. */
const limitExceeded = '54000';

const port = parentPort;
if (port === null) throw new Error('embedded-thread.ts is the body of a worker thread');
const { folder } = workerData as { folder: string | null };

const log = createGroupSync();
const opening = openPglite(folder, log);
const listening = new Map<string, () => Promise<void>>();

opening.then(
  () => post({ type: 'open' }),
  (error: unknown) => post({ type: 'failed', message: whyNotOpen(error) }),
);

/** What is asked between the end of the engine and that of the thread is not answered: the engine would wait for ever. */
let hasDied = false;

port.on('message', (request: ThreadRequest) => {
  if (hasDied) return;
  void answer(request).then(post, (error: unknown) => {
    post({ type: 'error', id: request.id, ...describe(error) });
    if (isFinal(error)) end(error);
  });
});

/**
 * After these, the engine waits for ever in the place of ending: of a full disk it learns while it writes its log. After an
 * error of its machine (out of memory, or worse) nothing more can be asked of it either.
 */
function isFinal(error: unknown): boolean {
  const { severity, name } = error as { severity?: unknown; name?: unknown };
  return severity === 'PANIC' || severity === 'FATAL' || name === 'RuntimeError';
}

/** The thread ends with the error; who opens the folder next recovers from its log. */
function end(error: unknown): void {
  hasDied = true;
  setImmediate(() => {
    throw error instanceof Error ? error : new Error(String(error));
  });
}

async function answer(request: ThreadRequest): Promise<ThreadReply> {
  const database = await opening;
  switch (request.type) {
    case 'query': {
      const { rows, affectedRows } = await database.query(request.sql, [...request.parameters]);
      if (measureRows(rows, maxResultBytes) > maxResultBytes) throw tooLarge();
      if (request.settles && log.isDirty()) {
        post({ type: 'ran', id: request.id });
        await settle();
      }
      return { type: 'result', id: request.id, rows, count: Math.max(rows.length, affectedRows ?? 0) };
    }
    case 'wire':
      return { type: 'result', id: request.id, rows: [await answerWire(request.id, request.bytes)], count: 1 };
    case 'listen':
      if (!listening.has(request.channel)) {
        const { channel } = request;
        listening.set(channel, await database.listen(channel, (payload) => post({ type: 'notice', channel, payload })));
      }
      break;
    case 'close':
      await database.close();
      break;
  }
  return { type: 'result', id: request.id, rows: [], count: 0 };
}

/** As the engine says it, save what the disk, the size and the death of the engine add to that. */
async function answerWire(id: number, asked: Uint8Array): Promise<WireReply> {
  const database = await opening;
  const { bytes, state, notices, hasEnded } = scanReply(await database.execProtocolRaw(asked));
  for (const notice of notices) post({ type: 'notice', ...notice });
  if (hasEnded) end(new Error('the engine of the database has ended'));
  if (state === 'I' && log.isDirty()) {
    post({ type: 'ran', id });
    await settle();
  }
  if (bytes.length <= maxResultBytes) return { bytes, state };
  const refusal = errorFrame('ERROR', limitExceeded, tooLarge().message);
  return { bytes: Buffer.concat([refusal, readyFrame(state)]), state };
}

function tooLarge(): Error {
  return Object.assign(new Error(`the result has more than ${maxResultBytes} bytes`), { code: limitExceeded });
}

/** A disk that has refused once may have forgotten what it was given: this database has ended, and the next one recovers. */
async function settle(): Promise<void> {
  try {
    await log.settled();
  } catch (error) {
    end(error);
    throw error;
  }
}

/** The database's own file system throws what is no Error and has a number alone. */
function whyNotOpen(error: unknown): string {
  const { message, errno } = error as { message?: unknown; errno?: unknown };
  const detail = typeof message === 'string' && message !== '' ? message : `error ${String(errno ?? error)}`;
  return `${folder ?? 'a database in memory'} cannot be opened: ${detail}`;
}

function describe(error: unknown): { message: string; code: string | null; constraint: string | null } {
  const { message, code, constraint } = error as { message?: unknown; code?: unknown; constraint?: unknown };
  return {
    message: typeof message === 'string' ? message : String(error),
    code: typeof code === 'string' ? code : null,
    constraint: typeof constraint === 'string' ? constraint : null,
  };
}

function post(reply: ThreadReply): void {
  port?.postMessage(reply);
}
