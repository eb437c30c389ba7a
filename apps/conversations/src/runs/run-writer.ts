import type { AnswerMachine } from '../answer/answer-machine.ts';
import type { Journal, Prepared } from './run.ts';
import { createUnstoredBatch } from './unstored-batch.ts';

/** Longest time that events are buffered before they are stored. */
const defaultFlushMs = 100;

/** Whether a run continues under this driver. `cancelled`: it may end only as cancelled. */
export type WriteState = 'open' | 'lost' | 'cancelled';

/**
 * Stores a run's events and frames in batches, one write at a time: the first delta at once, later ones after a short
 * delay. Events that come during a write are part of the next one.
 */
export interface RunWriter {
  state(): WriteState;
  /** Sets what is stored with the next batch. */
  setPrepared(prepared: Prepared, revision: string | null): void;
  /** Takes the events that the machine made from a frame. @param frame its text; empty for events without a frame. */
  push(frame: string): void;
  /** Backpressure: resolves when the buffer is small enough to read more from the model. */
  room(): Promise<void>;
  /** Stores all buffered events. */
  flush(): Promise<void>;
  /**
   * Stores the buffered events and the machine's last ones, and ends the run with the machine's response.
   * @returns `cancelled` when the run may end only as cancelled: nothing was stored then.
   */
  finish(): Promise<WriteState>;
  /** Stores nothing more, since the run is discarded. Waits for a write in flight. */
  abandon(): Promise<void>;
  /** Continues with a rebuilt machine, which gives every event again. */
  restart(machine: AnswerMachine): Promise<void>;
}

export interface RunWriterOptions {
  readonly journal: Journal;
  readonly machine: AnswerMachine;
  /** The last stored event. */
  readonly storedSeq: number;
  /** Aborts the wait for an unavailable database. */
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
  /** A flush waits for the previous write, and will include the events until then. */
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
      // An unavailable database is waited for, so after any other failure nothing more can be stored under this driver.
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

/** Runs writes one at a time. A failed write does not prevent the next. */
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
