import { isDelta, type ResponseEvent } from '../answer/response-event.ts';
import type { Batch, Prepared } from './run.ts';

/** A batch is stored at once when it has this many characters. */
const flushCharacters = 32_768;
/** Backpressure: reading from the model pauses while this many characters are unstored. */
const maxUnstoredCharacters = 1_048_576;

/** The unstored events and frames of a run. Pure: no clock, no database. */
export interface UnstoredBatch {
  /** Adds the events of a frame and its text, which is empty for events without a frame. Stored events are skipped. */
  add(events: readonly ResponseEvent[], frame: string): void;
  setPrepared(prepared: Prepared, revision: string | null): void;
  /** When to store: `now` for the first delta and for a full batch, `soon` for anything that can wait for more. */
  due(): 'now' | 'soon' | 'never';
  isFull(): boolean;
  /** Removes and returns the buffered events and frames as one batch. */
  take(): Batch;
  /** Marks a batch as stored, so that its events are skipped from now on. */
  stored(batch: Batch): void;
  /** Drops the buffered events, which the rebuilt machine gives again. */
  dropEvents(): void;
}

/** @param storedSeq last stored event; a replay gives the events up to it again. */
export function createUnstoredBatch(storedSeq: number): UnstoredBatch {
  let lastStored = storedSeq;
  let events: ResponseEvent[] = [];
  let frames = '';
  let prepared: Prepared | null = null;
  let revision: string | null = null;
  let characters = 0;
  /** Whether a delta was taken; later ones can wait. */
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
