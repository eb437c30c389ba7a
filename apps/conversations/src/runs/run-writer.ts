import type { AnswerMachine } from '../answer/answer-machine.ts';
import { isDelta, type ResponseEvent } from '../answer/response-event.ts';
import type { Batch, Journal, Prepared } from './run.ts';

/** Events and frames of a run are stored together, at latest after this time, */
const flushMs = 100;
/** or when so many characters wait, */
const flushCharacters = 32_768;
/** and no more is read from the model while so many do. */
const maxUnstoredCharacters = 1_048_576;

/** Why a run goes on no longer under this driver. */
export type WriteState = 'open' | 'lost' | 'cancelled';

/**
 * Gathers a run's events and frames and stores them in batches: the first delta at once, the others every tenth of a
 * second.
 * One batch is on its way at a time; what comes meanwhile waits for the next.
 */
export class RunWriter {
  readonly #journal: Journal;
  readonly #signal: AbortSignal;
  readonly #abandoned = new AbortController();
  #machine: AnswerMachine;
  /** Events up to this one are in the log already: a replay gives them again and they are dropped. */
  #storedSeq: number;
  #events: ResponseEvent[] = [];
  #frames = '';
  #prepared: Prepared | null = null;
  #revision: string | null = null;
  #unstored = 0;
  #flushing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** A first delta is on its way to be stored, so that what follows may wait. */
  #shown = false;
  #onRoom: (() => void) | null = null;
  #state: WriteState = 'open';

  constructor(options: {
    readonly journal: Journal;
    readonly machine: AnswerMachine;
    readonly storedSeq: number;
    readonly signal: AbortSignal;
  }) {
    this.#journal = options.journal;
    this.#machine = options.machine;
    this.#storedSeq = options.storedSeq;
    this.#signal = AbortSignal.any([options.signal, this.#abandoned.signal]);
  }

  state(): WriteState {
    return this.#state;
  }

  setPrepared(prepared: Prepared, revision: string | null): void {
    this.#prepared = prepared;
    this.#revision = revision;
  }

  /** Takes what the machine has made of a frame. @param frame its text, empty for what no frame gave. */
  push(frame: string): void {
    this.#collect();
    this.#frames += frame;
    this.#unstored += frame.length;
    if (this.#flushing === null) this.#schedule();
  }

  /** Now for the first thing that a client waits for and for much at once, else soon. */
  #schedule(): void {
    const isFirst = !this.#shown && this.#events.some(({ type }) => isDelta(type));
    if (isFirst || this.#unstored >= flushCharacters) void this.flush();
    else this.#timer ??= setTimeout(() => void this.flush(), flushMs);
  }

  /** Resolves once so little waits to be stored that more may be read from the model. */
  async room(): Promise<void> {
    while (this.#unstored >= maxUnstoredCharacters && this.#state === 'open') {
      await new Promise<void>((resolve) => {
        this.#onRoom = resolve;
      });
    }
  }

  /** Stores all that waits. */
  async flush(): Promise<void> {
    this.#stopTimer();
    while (this.#flushing !== null) await this.#flushing;
    if (this.#state !== 'open' || !this.#hasWaiting()) return;
    this.#flushing = this.#store();
    await this.#flushing;
  }

  /**
   * Stores what waits and what the machine has added since, and ends the run with the machine's response.
   * @returns 'cancelled' when the run may end only as cancelled: nothing was stored then.
   */
  async finish(): Promise<WriteState> {
    this.#stopTimer();
    while (this.#flushing !== null) await this.#flushing;
    this.#stopTimer();
    if (this.#state !== 'open') return this.#state;
    this.#collect();
    const result = await this.#journal.finish(this.#takeBatch(), this.#machine.response(), this.#signal);
    if (result !== 'stored') this.#state = result;
    return this.#state;
  }

  /** Stores nothing more: nobody will want the run. A write that is on its way is waited for. */
  async abandon(): Promise<void> {
    this.#state = 'lost';
    this.#abandoned.abort();
    this.#stopTimer();
    while (this.#flushing !== null) await this.#flushing;
    this.#stopTimer();
  }

  /** Goes on with a machine that was built anew and gives every event again. */
  async restart(machine: AnswerMachine): Promise<void> {
    this.#stopTimer();
    while (this.#flushing !== null) await this.#flushing;
    this.#stopTimer();
    this.#machine = machine;
    this.#events = [];
    if (this.#state === 'cancelled') this.#state = 'open';
    this.#collect();
  }

  #hasWaiting(): boolean {
    return this.#events.length > 0 || this.#frames !== '' || this.#prepared !== null;
  }

  #collect(): void {
    for (const event of this.#machine.take()) {
      if (event.sequence_number <= this.#storedSeq) continue;
      this.#events.push(event);
    }
  }

  #takeBatch(): Batch {
    this.#shown ||= this.#events.some(({ type }) => isDelta(type));
    const batch = { events: this.#events, frames: this.#frames, prepared: this.#prepared, revision: this.#revision };
    this.#events = [];
    this.#frames = '';
    this.#prepared = null;
    this.#revision = null;
    this.#unstored = 0;
    return batch;
  }

  async #store(): Promise<void> {
    const batch = this.#takeBatch();
    try {
      const result = await this.#journal.append(batch, this.#signal);
      if (result === 'stored') this.#storedSeq = batch.events.at(-1)?.sequence_number ?? this.#storedSeq;
      else this.#state = 'lost';
    } catch {
      // Not the database being away, which is waited for: nothing more can be stored under this driver.
      this.#state = 'lost';
    } finally {
      this.#flushing = null;
      this.#onRoom?.();
      this.#onRoom = null;
    }
    if (this.#state === 'open' && this.#hasWaiting()) this.#schedule();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
