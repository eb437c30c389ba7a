import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadReply, ThreadRequest, WireReply } from './embedded-protocol.ts';
import { createGroupSync } from './group-sync.ts';
import { measureRows } from './measure-rows.ts';
import { openPglite } from './open-pglite.ts';
import { errorFrame, readyFrame, scanReply } from './wire/frames.ts';

/** The embedded database in a separate thread, since a query blocks its thread and must not block streams. */

/** Most bytes of a result that is passed to the service's thread. Pages of services are far smaller. */
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

/** After the engine's death requests are not passed to it, since it would hang. */
let hasDied = false;

port.on('message', (request: ThreadRequest) => {
  if (hasDied) return;
  void answer(request).then(post, (error: unknown) => {
    post({ type: 'error', id: request.id, ...describe(error) });
    if (isFinal(error)) end(error);
  });
});

/**
 * Errors after which the engine hangs instead of exiting, such as a full disk while it writes its log. After an error
 * of the WebAssembly runtime (out of memory, for example) it cannot be used either.
 */
function isFinal(error: unknown): boolean {
  const { severity, name } = error as { severity?: unknown; name?: unknown };
  return severity === 'PANIC' || severity === 'FATAL' || name === 'RuntimeError';
}

/** The thread ends with the error. The next open of the folder recovers from the log. */
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

/** The engine's own answer, or an error when the disk fails, the result is too large or the engine dies. */
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

/**
 * After a failed `fsync` the kernel may have dropped the data, so this database ends, and the next open recovers from
 * the log.
 */
async function settle(): Promise<void> {
  try {
    await log.settled();
  } catch (error) {
    end(error);
    throw error;
  }
}

/** Emscripten's file system throws objects that are not Errors and have only an errno. */
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
