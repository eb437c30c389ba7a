import type { AnswerMachine } from '../answer/answer-machine.ts';
import type { Journal, Prepared } from './run.ts';
import { createUnstoredBatch } from './unstored-batch.ts';

/** Events wait for others at most this long before they are stored. */
const defaultFlushMs = 100;

/** Whether a run goes on under this driver. `cancelled`: it may end only as cancelled. */
export type WriteState = 'open' | 'lost' | 'cancelled';

/**
 * Stores a run's events and frames in batches, one write after the other: the first delta at once, the others after a
 * short while. What comes during a write goes with the next one.
 */
export interface RunWriter {
  state(): WriteState;
  /** To be stored with the next batch. */
  setPrepared(prepared: Prepared, revision: string | null): void;
  /** Takes what the machine has made of a frame. @param frame its text; empty for what no frame gave. */
  push(frame: string): void;
  /** Resolves when so little waits to be stored that more may be read from the model. */
  room(): Promise<void>;
  /** Stores all that waits. */
  flush(): Promise<void>;
  /**
   * Stores what waits and what the machine has added since, and ends the run with the machine's response.
   * @returns `cancelled` when the run may end only as cancelled: nothing was stored then.
   */
  finish(): Promise<WriteState>;
  /** Stores nothing more: nobody will want the run. A write that is on its way is waited for. */
  abandon(): Promise<void>;
  /** Goes on with a machine that was built again and gives every event again. */
  restart(machine: AnswerMachine): Promise<void>;
}

export interface RunWriterOptions {
  readonly journal: Journal;
  readonly machine: AnswerMachine;
  /** The last event that is stored. */
  readonly storedSeq: number;
  /** Ends the wait for a database that is away. */
  readonly signal: AbortSignal;
  readonly flushMs?: number;
}

export function createRunWriter(options: RunWriterOptions): RunWriter {
  const { journal, storedSeq, flushMs = defaultFlushMs } = options;
  const abandoned = new AbortController();
  const signal = AbortSignal.any([options.signal, abandoned.signal]);
  const unstored = createUnstoredBatch(storedSeq);
  let { machine } = options;
  let state: WriteState = 'open';
  const writes = createWrites();
  let timer: NodeJS.Timeout | undefined;
  /** A flush waits for the write before it, and will take what comes until then. */
  let queued = false;

  const enqueue = (write: () => Promise<void>): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return writes.add(write);
  };
  const isOpen = (): boolean => state === 'open';
  const collect = (frame: string): void => unstored.add(machine.take(), frame);
  const store = async (): Promise<void> => {
    queued = false;
    if (!isOpen() || unstored.due() === 'never') return;
    const batch = unstored.take();
    try {
      if ((await journal.append(batch, signal)) === 'stored') unstored.stored(batch);
      else state = 'lost';
    } catch {
      // A database that is away is waited for. Whatever else fails, nothing more can be stored under this driver.
      state = 'lost';
    }
  };
  const flush = (): Promise<void> => {
    if (queued) return writes.done();
    queued = true;
    return enqueue(store);
  };

  return {
    state: () => state,
    setPrepared: unstored.setPrepared,
    push(frame) {
      collect(frame);
      const due = unstored.due();
      if (due === 'now') void flush();
      else if (due === 'soon') timer ??= setTimeout(() => void flush(), flushMs);
    },
    async room() {
      while (unstored.isFull() && isOpen()) await flush();
    },
    flush,
    async finish() {
      await enqueue(async () => {
        if (state !== 'open') return;
        collect('');
        const result = await journal.finish(unstored.take(), machine.response(), signal);
        if (result !== 'stored') state = result;
      });
      return state;
    },
    async abandon() {
      state = 'lost';
      abandoned.abort();
      clearTimeout(timer);
      await writes.done();
    },
    async restart(next) {
      await enqueue(async () => {
        machine = next;
        unstored.dropEvents();
        if (state === 'cancelled') state = 'open';
      });
    },
  };
}

/** Runs writes one after the other. One that fails keeps no other from being made. */
function createWrites() {
  let written = Promise.resolve();
  return {
    add(write: () => Promise<void>): Promise<void> {
      const done = written.then(write);
      written = done.catch(() => {});
      return done;
    },
    done: () => written,
  };
}
