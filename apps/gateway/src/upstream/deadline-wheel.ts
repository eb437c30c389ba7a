/**
 * Thousands of deadlines on one timer. A hashed wheel: a deadline is stored in the slot of the tick for which it was
 * armed. Rearming only stores a later tick, and the wheel moves the deadline when it reaches the slot.
 */

export interface Deadline {
  /**
   * Restarts its time from the current tick. It only stores a number, so it can be called for every chunk. It may fire up to two
   * ticks early when the process lags behind its timer. No effect once fired or cleared.
   */
  rearm(): void;
  clear(): void;
}

export interface DeadlineWheel {
  /** Calls back once when the time has passed: not earlier, and at most two ticks later. The callback must not throw. */
  arm(ms: number, callback: () => void): Deadline;
  /** Number of armed deadlines. */
  size(): number;
  /** Advances to the present and fires what is due. Called by the wheel's timer, and by tests. */
  advance(): void;
  /** Stops the timer. Nothing fires afterwards. */
  close(): void;
}

export interface DeadlineWheelOptions {
  /** Milliseconds per tick; 100 when absent. */
  readonly tickMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** Slots of one turn. Deadlines further away than a turn are passed over until their turn comes. */
const slotCount = 512;

/**
 * Most ticks that one call counts. When the process itself was paused, the replies of that time are still unread in its sockets.
 * The wheel pauses as well, so that servers are not blamed for it.
 */
const maxTicksAtOnce = 3;

function idle(): void {}

class Entry implements Deadline {
  readonly #wheel: Wheel;
  readonly #ticks: number;
  callback: () => void;
  dueTick: number;
  previous: Entry = this;
  next: Entry = this;

  constructor(wheel: Wheel, ticks: number, callback: () => void) {
    this.#wheel = wheel;
    this.#ticks = ticks;
    this.callback = callback;
    this.dueTick = wheel.tick + ticks;
  }

  rearm(): void {
    this.dueTick = this.#wheel.tick + this.#ticks;
  }

  clear(): void {
    if (this.next === this) return;
    this.unlink();
    this.callback = idle;
    this.#wheel.count--;
  }

  unlink(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }

  insertBefore(head: Entry): void {
    this.previous = head.previous;
    this.next = head;
    head.previous.next = this;
    head.previous = this;
  }
}

class Wheel implements DeadlineWheel {
  readonly #tickMs: number;
  readonly #now: () => number;
  readonly #slots: readonly Entry[];
  /** When the current tick began. */
  #tickStart = 0;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  tick = 0;
  count = 0;

  constructor(tickMs: number, now: () => number) {
    this.#tickMs = tickMs;
    this.#now = now;
    this.#slots = Array.from({ length: slotCount }, () => new Entry(this, 0, idle));
  }

  size(): number {
    return this.count;
  }

  arm(ms: number, callback: () => void): Deadline {
    if (this.#timer === null && !this.#closed) {
      this.#tickStart = this.#now();
      this.#timer = setInterval(() => this.advance(), this.#tickMs);
      this.#timer.unref();
    }
    // One more tick, for the part of the current one that has passed.
    const entry = new Entry(this, Math.ceil(ms / this.#tickMs) + 1, callback);
    entry.dueTick += Math.min(this.#ticksPassed(this.#now()), maxTicksAtOnce);
    this.#insert(entry);
    this.count++;
    return entry;
  }

  advance(): void {
    const now = this.#now();
    const passed = this.#ticksPassed(now);
    this.#tickStart = passed > maxTicksAtOnce ? now : this.#tickStart + passed * this.#tickMs;
    for (let ticks = Math.min(passed, maxTicksAtOnce); ticks > 0; ticks--) {
      this.tick++;
      this.#visit(this.#slot(this.tick));
    }
    if (this.count === 0) this.#stop();
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #ticksPassed(now: number): number {
    return Math.floor((now - this.#tickStart) / this.#tickMs);
  }

  #slot(tick: number): Entry {
    return this.#slots[tick % slotCount] as Entry;
  }

  #insert(entry: Entry): void {
    entry.insertBefore(this.#slot(entry.dueTick));
  }

  /** Fires what is due in a slot and moves what has been rearmed. */
  #visit(head: Entry): void {
    // Callbacks may clear any deadline; those that they add come after this mark.
    const mark = new Entry(this, 0, idle);
    mark.insertBefore(head);
    for (let entry = head.next; entry !== mark; entry = head.next) {
      entry.unlink();
      if (entry.dueTick > this.tick) {
        this.#insert(entry);
      } else {
        this.count--;
        entry.callback();
      }
    }
    mark.unlink();
  }
}

export function createDeadlineWheel(options: DeadlineWheelOptions = {}): DeadlineWheel {
  return new Wheel(options.tickMs ?? 100, options.now ?? (() => performance.now()));
}
