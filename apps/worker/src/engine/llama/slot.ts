import type { Answer } from './answer.ts';
import type { Native, NativeSampler } from './native.ts';

/** One sequence of the context: what its memory holds, and the answer that it works on. */
export interface Slot {
  readonly id: number;
  /** Tokens whose state is in memory, by position. */
  cells: number[];
  /** Grows with every use of any slot. */
  lastUsed: number;
  answer: Answer | null;
  readonly sampler: NativeSampler;
  /** Greedy and unrestricted: shows the raw logits. */
  readonly observer: NativeSampler;
}

const neutral = { temperature: 0, seed: 0 } as const;

export function createSlot(native: Native, id: number): Slot {
  const sampler = new native.bindings.AddonSampler(native.model);
  const observer = new native.bindings.AddonSampler(native.model);
  observer.applyConfig(neutral);
  return { id, cells: [], lastUsed: 0, answer: null, sampler, observer };
}

/** Takes the answer away; what was evaluated stays for the next prompt that begins alike. */
export function freeSlot(slot: Slot, use: number): void {
  slot.answer = null;
  slot.lastUsed = use;
  slot.sampler.applyConfig(neutral);
}

/** Cuts a slot back to its first `length` positions, to nothing where the memory cannot be cut. Returns what is left. */
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
