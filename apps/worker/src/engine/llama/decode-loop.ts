import { KumikiError } from '@kumiki/api';
import { createPrefillOrder, type PrefillOrder } from '../prefill-order.ts';
import { type Answer, aheadLimitTokens, endAnswer, notify } from './answer.ts';
import { chooseSlot } from './choose-slot.ts';
import type { Native } from './native.ts';
import { planBatch } from './plan-batch.ts';
import { clearSlot, createSlot, disposeSlot, freeSlot, type Slot, trimSlot } from './slot.ts';
import { type BatchItem, engineFailure, runStep } from './step.ts';

export interface DecodeLoopOptions {
  readonly sequences: number;
  readonly contextTokens: number;
  /** Most tokens evaluated in one step. */
  readonly batchTokens: number;
  /** Most tokens of one sequence in a step. */
  readonly chunkTokens: number;
  /** Whether a slot can drop only its newest tokens. */
  readonly canTrim: boolean;
}

export interface DecodeLoop {
  readonly native: Native;
  readonly options: DecodeLoopOptions;
  readonly slots: readonly Slot[];
  /** In order of arrival. Never more than there are slots, not counting ended ones that the next step removes. */
  answers: Answer[];
  readonly order: PrefillOrder;
  running: Promise<void> | null;
  uses: number;
  closed: boolean;
  /** Milliseconds on the monotonic clock. */
  lastProgressAt: number;
  prefixCacheQueriesTotal: number;
  prefixCacheHitsTotal: number;
}

/**
 * Continuous batching: each step evaluates one batch made of all running answers and samples a token for each. The loop
 * runs while any answer can run. Slots are assigned and freed only between steps, when the addon is idle.
 */
export function createDecodeLoop(native: Native, options: DecodeLoopOptions): DecodeLoop {
  return {
    native,
    options,
    slots: Array.from({ length: options.sequences }, (_, id) => createSlot(native, id)),
    answers: [],
    order: createPrefillOrder(),
    running: null,
    uses: 0,
    closed: false,
    lastProgressAt: performance.now(),
    prefixCacheQueriesTotal: 0,
    prefixCacheHitsTotal: 0,
  };
}

export function submitAnswer(loop: DecodeLoop, answer: Answer): void {
  if (loop.closed) throw new KumikiError('engine_failed', { reason: 'it is closed' });
  loop.answers.push(answer);
  kickLoop(loop);
}

/** Restarts the loop if an answer can run, after one was read or ended. */
export function kickLoop(loop: DecodeLoop): void {
  loop.running ??= run(loop).finally(() => {
    loop.running = null;
    if (loop.answers.some(wantsStep)) kickLoop(loop);
  });
}

/** Ends every answer and waits until the addon is idle; the loop accepts no more answers. */
export async function closeLoop(loop: DecodeLoop): Promise<void> {
  loop.closed = true;
  for (const answer of loop.answers) endAnswer(answer, 'aborted');
  kickLoop(loop);
  while (loop.running !== null) await loop.running;
  for (const slot of loop.slots) disposeSlot(slot);
}

/** Positions held by running answers. */
export function cellsInUse(loop: DecodeLoop): number {
  let cells = 0;
  for (const slot of loop.slots) if (slot.answer !== null) cells += slot.cells.length;
  return cells;
}

async function run(loop: DecodeLoop): Promise<void> {
  for (;;) {
    let batch: BatchItem[] = [];
    try {
      releaseEnded(loop);
      admitWaiting(loop);
      batch = nextBatch(loop);
      if (batch.length === 0) return;
      await runStep(loop.native, loop.options.contextTokens, batch);
    } catch (error) {
      failAnswers(loop, batch.length > 0 ? batch.map((item) => item.answer) : loop.answers, error);
    }
    loop.lastProgressAt = performance.now();
  }
}

function isOver(answer: Answer): boolean {
  return answer.end !== null || answer.failure !== null;
}

function wantsStep(answer: Answer): boolean {
  return isOver(answer) || answer.queue.length < aheadLimitTokens;
}

function releaseEnded(loop: DecodeLoop): void {
  if (!loop.answers.some(isOver)) return;
  loop.answers = loop.answers.filter((answer) => {
    if (!isOver(answer)) return true;
    const slot = loop.slots[answer.slot ?? -1];
    if (slot !== undefined) freeSlot(slot, ++loop.uses);
    answer.slot = null;
    notify(answer);
    return false;
  });
}

function admitWaiting(loop: DecodeLoop): void {
  for (const answer of loop.answers) {
    if (answer.slot !== null) continue;
    const views = loop.slots.map((slot) => ({ ...slot, free: slot.answer === null }));
    const choice = chooseSlot(views, answer.context, loop.options.canTrim);
    const slot = loop.slots[choice?.id ?? -1];
    if (choice === null || slot === undefined) return;
    const reused = trimSlot(loop.native, slot, choice.reused);
    slot.answer = answer;
    answer.slot = slot.id;
    answer.pending = answer.context.subarray(reused);
    answer.cachedTokens = Math.min(reused, answer.promptTokens);
    loop.prefixCacheQueriesTotal += answer.promptTokens;
    loop.prefixCacheHitsTotal += answer.cachedTokens;
  }
}

function nextBatch(loop: DecodeLoop): BatchItem[] {
  const { batchTokens, chunkTokens } = loop.options;
  const runnable = loop.answers.filter((answer) => answer.slot !== null && answer.queue.length < aheadLimitTokens);
  const generating = runnable.filter((answer) => answer.pending.length <= 1);
  const prompts = loop.order.sort(runnable.filter((answer) => answer.pending.length > 1));
  const answers = [...generating, ...prompts];
  const amounts = planBatch(
    answers.map((answer) => answer.pending.length),
    batchTokens,
    chunkTokens,
  );
  const batch: BatchItem[] = [];
  for (const [index, answer] of answers.entries()) {
    const amount = amounts[index] ?? 0;
    const slot = loop.slots[answer.slot ?? -1];
    if (amount === 0 || slot === undefined) continue;
    batch.push({ slot, answer, amount });
    if (answer.pending.length > 1) loop.order.count(answer.tenant, amount);
  }
  // llama.cpp evaluates sequences side by side only where their ids follow each other.
  return batch.sort((a, b) => a.slot.id - b.slot.id);
}

function failAnswers(loop: DecodeLoop, answers: readonly Answer[], error: unknown): void {
  for (const answer of answers) {
    answer.failure ??= engineFailure(error);
    notify(answer);
  }
  for (const answer of answers) {
    const slot = loop.slots[answer.slot ?? -1];
    if (slot !== undefined) clearSlot(loop.native, slot);
  }
}
