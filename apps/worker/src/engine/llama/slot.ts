import type { Answer } from './answer.ts';
import type { Native, NativeSampler } from './native.ts';

/** One sequence of the context: the contents of its memory, and its current answer. */
export interface Slot {
  readonly id: number;
  /** Tokens whose state is in memory, by position. */
  cells: number[];
  /** Grows with every use of any slot. */
  lastUsed: number;
  answer: Answer | null;
  readonly sampler: NativeSampler;
  /** Greedy and without grammar: shows the raw logits. */
  readonly observer: NativeSampler;
}

const neutral = { temperature: 0, seed: 0 } as const;

export function createSlot(native: Native, id: number): Slot {
  const sampler = new native.bindings.AddonSampler(native.model);
  const observer = new native.bindings.AddonSampler(native.model);
  observer.applyConfig(neutral);
  return { id, cells: [], lastUsed: 0, answer: null, sampler, observer };
}

/** Removes the answer. The evaluated tokens stay for the next prompt with the same prefix. */
export function freeSlot(slot: Slot, use: number): void {
  slot.answer = null;
  slot.lastUsed = use;
  slot.sampler.applyConfig(neutral);
}

/**
 * Trims a slot to its first `length` positions, or to none when the memory cannot be trimmed. Returns how many are
 * left.
 */
export function trimSlot(native: Native, slot: Slot, length: number): number {
  if (length === slot.cells.length) return length;
  if (length > 0 && native.context.removeTokenCellsFromSequence(slot.id, length, slot.cells.length)) {
    slot.cells.length = length;
    return length;
  }
  clearSlot(native, slot);
  return 0;
}

export function clearSlot(native: Native, slot: Slot): void {
  native.context.disposeSequence(slot.id);
  slot.cells = [];
}

export function disposeSlot(slot: Slot): void {
  slot.sampler.dispose();
  slot.observer.dispose();
}
