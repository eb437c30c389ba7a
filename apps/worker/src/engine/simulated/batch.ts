import type { GenerateEnd, SampledToken } from '../engine.ts';
import type { PrefillOrder } from '../prefill-order.ts';
import type { KvCache, KvLease } from './kv-cache.ts';

/** One answer in the batch. */
export interface Sequence {
  readonly tenant: string;
  /** Prompt and answer so far. */
  readonly tokens: number[];
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly tokenAt: (position: number) => SampledToken | null;
  readonly onPrefill: (cachedTokens: number) => void;
  /** Wakes the reader that waits for a token or the end. */
  wake: () => void;
  /** Tokens that the reader has not read. */
  readonly unread: SampledToken[];
  /** Tokens that are not prefilled yet. */
  prefill: number;
  prefillReported: boolean;
  lease: KvLease | null;
  end: GenerateEnd | null;
}

/** The engine waits for a reader that has this many unread tokens. */
const unreadLimit = 256;
/** Tokens that one step prefills at most: vLLM's default `max_num_batched_tokens`. */
const prefillTokensPerStep = 2_048;
/**
 * Milliseconds that the prefill of one step takes at most, so that a long prompt delays the others' tokens only a
 * little. Real engines are configured like this: their step has as many tokens as the time between two tokens allows
 * (Sarathi-Serve: Agrawal and others, 2024).
 */
const prefillStepMs = 100;

export interface StepPlan {
  readonly prefills: { readonly sequence: Sequence; readonly tokens: number }[];
  readonly decodes: Sequence[];
  readonly prefillTokens: number;
}

/** Tokens that one step of an engine of this speed prefills at most. */
export function prefillBudget(tokensPerSecond: number): number {
  return Math.max(1, Math.min(prefillTokensPerStep, Math.floor((tokensPerSecond * prefillStepMs) / 1_000)));
}

export interface StepOptions {
  readonly cache: KvCache;
  readonly order: PrefillOrder;
  /** See {@link prefillBudget}. */
  readonly budgetTokens: number;
}

/**
 * Plans the next step: a token for each sequence that is prefilled, and some prefill for the others, in their order.
 */
export function planStep(sequences: Iterable<Sequence>, { cache, order, budgetTokens }: StepOptions): StepPlan {
  const plan: { prefills: StepPlan['prefills']; decodes: Sequence[]; prefillTokens: number } = {
    prefills: [],
    decodes: [],
    prefillTokens: 0,
  };
  const waiting: Sequence[] = [];
  for (const sequence of sequences) {
    if (sequence.end !== null || sequence.unread.length >= unreadLimit) continue;
    if (sequence.lease !== null && sequence.prefill === 0) plan.decodes.push(sequence);
    else waiting.push(sequence);
  }
  for (const sequence of order.sort(waiting)) {
    if (sequence.lease === null && !admit(sequence, cache)) continue;
    if (sequence.prefill === 0) {
      plan.decodes.push(sequence);
      continue;
    }
    const tokens = Math.min(sequence.prefill, budgetTokens - plan.prefillTokens);
    if (tokens <= 0) continue;
    plan.prefills.push({ sequence, tokens });
    plan.prefillTokens += tokens;
    order.count(sequence.tenant, tokens);
  }
  return plan;
}

function admit(sequence: Sequence, cache: KvCache): boolean {
  sequence.lease = cache.begin(sequence.tokens);
  if (sequence.lease === null) return false;
  sequence.prefill = sequence.tokens.length - sequence.lease.cachedTokens;
  return true;
}

/** Applies the plan. Returns how many tokens were generated. */
export function finishStep(plan: StepPlan, sequences: Set<Sequence>): number {
  let made = 0;
  for (const { sequence, tokens } of plan.prefills) {
    if (sequence.end !== null || sequence.lease === null) continue;
    sequence.prefill -= tokens;
    if (sequence.prefill > 0) continue;
    if (!sequence.prefillReported) {
      sequence.prefillReported = true;
      sequence.onPrefill(Math.min(sequence.lease.cachedTokens, sequence.promptTokens));
    }
    made += makeToken(sequence, sequences);
  }
  for (const sequence of plan.decodes) made += makeToken(sequence, sequences);
  return made;
}

function makeToken(sequence: Sequence, sequences: Set<Sequence>): number {
  if (sequence.end !== null || sequence.lease === null) return 0;
  const position = sequence.tokens.length - sequence.promptTokens;
  const sampled = position >= sequence.maxTokens ? null : sequence.tokenAt(position);
  if (sampled === null) {
    endSequence(sequence, position >= sequence.maxTokens ? 'length' : 'stop', sequences);
    return 0;
  }
  if (!sequence.lease.grow(sequence.tokens.length + 1) && !preempt(sequence, sequences)) return 0;
  sequence.tokens.push(sampled.token);
  sequence.unread.push(sampled);
  if (position + 1 >= sequence.maxTokens) endSequence(sequence, 'length', sequences);
  else sequence.wake();
  return 1;
}

/**
 * No block is free: the youngest other sequence gives its blocks back and is prefilled again later (vLLM's
 * recomputation). A sequence that is alone and still gets no block ends with `length`.
 */
function preempt(sequence: Sequence, sequences: Set<Sequence>): boolean {
  const holders = [...sequences].filter(({ lease }) => lease !== null);
  const victim = holders.at(-1);
  if (victim === undefined || (victim === sequence && holders.length === 1)) {
    endSequence(sequence, 'length', sequences);
    return false;
  }
  victim.lease?.release(victim.tokens.slice(0, victim.tokens.length - victim.prefill));
  victim.lease = null;
  return victim !== sequence && (sequence.lease?.grow(sequence.tokens.length + 1) ?? false);
}

export function endSequence(sequence: Sequence, end: GenerateEnd, sequences: Set<Sequence>): void {
  if (sequence.end === null) sequence.end = end;
  sequences.delete(sequence);
  sequence.lease?.release(sequence.tokens.slice(0, sequence.tokens.length - sequence.prefill));
  sequence.lease = null;
  sequence.wake();
}
