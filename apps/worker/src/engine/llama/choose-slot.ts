export interface SlotView {
  readonly id: number;
  readonly free: boolean;
  /** Tokens whose state the slot still holds. */
  readonly cells: readonly number[];
  /** Grows with every use. */
  readonly lastUsed: number;
}

export interface SlotChoice {
  readonly id: number;
  /** Leading tokens of the context that need no evaluation; always less than all of them. */
  readonly reused: number;
}

/**
 * The free slot that holds the longest prefix of the new context; among equals the least recently used one, so that
 * other conversations' prefixes are kept. `canTrim` is false for models whose memory cannot drop only its newest tokens
 * (recurrent, sliding window): these reuse a slot only if all of its tokens match. null when no slot is free.
 */
export function chooseSlot(
  slots: readonly SlotView[],
  context: ArrayLike<number>,
  canTrim: boolean,
): SlotChoice | null {
  let best: SlotView | null = null;
  let bestReused = -1;
  for (const slot of slots) {
    if (!slot.free) continue;
    const reused = reusable(slot.cells, context, canTrim);
    if (best === null || reused > bestReused || (reused === bestReused && slot.lastUsed < best.lastUsed)) {
      best = slot;
      bestReused = reused;
    }
  }
  return best === null ? null : { id: best.id, reused: bestReused };
}

function reusable(cells: readonly number[], context: ArrayLike<number>, canTrim: boolean): number {
  const most = Math.min(cells.length, context.length - 1);
  let length = 0;
  while (length < most && cells[length] === context[length]) length++;
  return canTrim || length === cells.length ? length : 0;
}
