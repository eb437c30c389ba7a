import { isDelta, type ResponseEvent } from '../answer/response-event.ts';
import type { Batch, Prepared } from './run.ts';

/** A batch is stored at once when this many characters wait. */
const flushCharacters = 32_768;
/** No more is read from the model while this many characters wait. */
const maxUnstoredCharacters = 1_048_576;

/** What a run has that is not stored yet. It knows no time and no database. */
export interface UnstoredBatch {
  /** Adds the events of a frame and its text, which is empty for what no frame gave. Events that are stored are left out. */
  add(events: readonly ResponseEvent[], frame: string): void;
  setPrepared(prepared: Prepared, revision: string | null): void;
  /** `now` for the first thing that a client waits for and for much at once, `soon` for what can wait for more. */
  due(): 'now' | 'soon' | 'never';
  isFull(): boolean;
  /** What waits, to be stored as one. */
  take(): Batch;
  /** A batch that was taken is stored: its events do not come again. */
  stored(batch: Batch): void;
  /** Forgets the events that wait: they come again. */
  dropEvents(): void;
}

/** @param storedSeq events up to this number are stored: a replay gives them again. */
export function createUnstoredBatch(storedSeq: number): UnstoredBatch {
  let lastStored = storedSeq;
  let events: ResponseEvent[] = [];
  let frames = '';
  let prepared: Prepared | null = null;
  let revision: string | null = null;
  let characters = 0;
  /** Whether a delta was taken: what follows can wait. */
  let shown = false;
  const hasDelta = (): boolean => events.some(({ type }) => isDelta(type));

  return {
    add(added, frame) {
      for (const event of added) if (event.sequence_number > lastStored) events.push(event);
      frames += frame;
      characters += frame.length;
    },
    setPrepared(next, nextRevision) {
      prepared = next;
      revision = nextRevision;
    },
    due() {
      if (events.length === 0 && frames === '' && prepared === null) return 'never';
      return (!shown && hasDelta()) || characters >= flushCharacters ? 'now' : 'soon';
    },
    isFull: () => characters >= maxUnstoredCharacters,
    take() {
      shown ||= hasDelta();
      const batch = { events, frames, prepared, revision };
      events = [];
      frames = '';
      prepared = null;
      revision = null;
      characters = 0;
      return batch;
    },
    stored: (batch) => void (lastStored = batch.events.at(-1)?.sequence_number ?? lastStored),
    dropEvents: () => void (events = []),
  };
}
