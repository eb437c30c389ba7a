import { setTimeout as pause } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';
import type { Queryable } from '@kumiki/postgres';
import { isTerminal } from '../answer/response-event.ts';
import type { Hub } from './hub.ts';
import type { MemoryJournal } from './memory-journal.ts';
import type { StoredBatch } from './run.ts';

/** Interval of comments on an idle stream; proxies time out after 30 s or more. */
const pingMs = 10_000;
/** Polling interval of a reader, in case a notification is lost. */
const readerPollMs = 2_000;
/** Most rows of the log that a reader fetches at once. */
const readerBatchRows = 200;
/** Most bytes of those rows; at least one row is fetched. */
const readerBatchBytes = 2_097_152;
/** Most batches that a slow reader keeps in memory before it falls back to the log. */
const maxReaderBatches = 64;
/** Most characters of those batches. */
const maxReaderCharacters = 1_048_576;

/** The source of one response's batches. */
export interface EventLog {
  /** Batches with events after a number; `over` when no more will follow, null when there is no such response. */
  after(seq: number): Promise<{ readonly batches: readonly StoredBatch[]; readonly over: boolean } | null>;
}

interface LogRow {
  readonly ended: boolean;
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly events: string | null;
  /** Number of rows found before limiting by bytes. */
  readonly found: number;
}

/** The log of a stored response, restricted to its project. */
export function storedLog(database: Queryable, project: string, id: string): EventLog {
  return {
    async after(seq) {
      const { rows } = await database.query<LogRow>(
        `SELECT sized.ended, sized.first_seq, sized.last_seq, e.events, sized.found
         FROM (
           SELECT *, count(*) OVER ()::int AS found, sum(bytes) OVER (ORDER BY first_seq) - bytes AS before FROM (
             SELECT r.ended_at IS NOT NULL AS ended, e.first_seq, e.last_seq, octet_length(e.events) AS bytes
             FROM conversations.responses AS r
             LEFT JOIN conversations.response_events AS e ON e.response_id = r.id AND e.last_seq > $3
             WHERE r.id = $1 AND r.project = $2 ORDER BY e.first_seq LIMIT $4) AS page) AS sized
         LEFT JOIN conversations.response_events AS e ON e.response_id = $1 AND e.first_seq = sized.first_seq
         WHERE COALESCE(sized.before, 0) < $5 ORDER BY sized.first_seq`,
        [id, project, seq, readerBatchRows, readerBatchBytes],
      );
      if (rows.length === 0) return null;
      const batches = rows.flatMap(({ first_seq: firstSeq, last_seq: lastSeq, events }) =>
        firstSeq === null || lastSeq === null || events === null
          ? []
          : [{ firstSeq, lastSeq, events: events.split('\n') }],
      );
      const whole = rows.length === rows[0]?.found && batches.length < readerBatchRows;
      return { batches, over: rows[0]?.ended === true && whole };
    },
  };
}

/** The log of a response that is not stored. */
export function memoryLog(journal: MemoryJournal): EventLog {
  return {
    async after(seq) {
      // Searched from the end, where a reader that keeps up is.
      const from = journal.batches.findLastIndex(({ lastSeq }) => lastSeq <= seq) + 1;
      return { batches: journal.batches.slice(from), over: journal.response() !== null };
    },
  };
}

/** The type of an event, which is the first member of its JSON. */
export function typeOf(event: string): string {
  return /^\{"type":"([^"]+)"/.exec(event)?.[1] ?? '';
}

/** The response in an event as JSON; it is the last member. */
export function responseIn(event: string): string {
  const member = '"response":';
  return event.slice(event.indexOf(member) + member.length, -1);
}

/**
 * The events after a number as stored JSON, with an empty list at intervals while there are none. Ends after the last
 * event, when the response is deleted, or with the signal. Waits while the database is unavailable.
 */
export async function* readLog(
  log: EventLog,
  hub: Hub,
  id: string,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const news = createNews();
  const unsubscribe = hub.subscribe(id, news.hear);
  let seq = after;
  try {
    while (!signal.aborted) {
      const heard = news.take();
      const found = heard === null ? await lookUp(log, seq, signal) : { batches: heard, over: false };
      if (found === null) return;
      for (const batch of found.batches) {
        if (batch.lastSeq <= seq) continue;
        if (batch.firstSeq > seq + 1 && batch.firstSeq > after + 1) {
          news.hear(null);
          break;
        }
        const events = batch.events.slice(Math.max(0, seq + 1 - batch.firstSeq));
        seq = batch.lastSeq;
        yield events;
        if (isTerminal(typeOf(events.at(-1) ?? ''))) return;
      }
      if (found.over) return;
      if (!news.any()) yield* quiet(news, signal);
    }
  } finally {
    unsubscribe();
  }
}

/** Waits for news; yields an empty list when there are none for {@link pingMs}. */
async function* quiet(news: News, signal: AbortSignal): AsyncGenerator<readonly string[]> {
  const since = performance.now();
  await news.wait(readerPollMs, signal);
  news.quietMs += performance.now() - since;
  if (news.quietMs < pingMs) return;
  news.quietMs = 0;
  yield [];
}

async function lookUp(log: EventLog, seq: number, signal: AbortSignal): ReturnType<EventLog['after']> {
  try {
    return await log.after(seq);
  } catch (error) {
    if (!(error instanceof KumikiError) || error.code !== 'service_unavailable') throw error;
    await pause(readerPollMs / 4, undefined, { signal }).catch(() => {});
    return { batches: [], over: false };
  }
}

type News = ReturnType<typeof createNews>;

/** What a reader was notified of since its last read. */
function createNews() {
  let batches: StoredBatch[] = [];
  let characters = 0;
  /** The log may contain batches that were not received in full. */
  let missed = true;
  let wake: (() => void) | null = null;
  return {
    quietMs: 0,
    hear(batch: StoredBatch | null) {
      if (batch !== null) characters += batch.events.reduce((sum, { length }) => sum + length, 0);
      if (batch === null || batches.length >= maxReaderBatches || characters > maxReaderCharacters) missed = true;
      else batches.push(batch);
      wake?.();
    },
    any: () => missed || batches.length > 0,
    /** The received batches, or null when the log must be read. */
    take(): readonly StoredBatch[] | null {
      const taken = missed ? null : batches;
      batches = [];
      characters = 0;
      missed = false;
      return taken;
    },
    /** Waits for news; after `ms` the log is read in any case. */
    async wait(ms: number, signal: AbortSignal): Promise<void> {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(() => {
        missed = true;
        resolve();
      }, ms);
      const stop = (): void => resolve();
      wake = stop;
      signal.addEventListener('abort', stop, { once: true });
      await promise;
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      wake = null;
    },
  };
}
