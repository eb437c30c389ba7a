import { KumikiError } from '@kumiki/api';
import type { SampledToken } from '../engine.ts';
import { type Answer, appendToken, endAnswer, notify } from './answer.ts';
import { logprobsOf } from './logprobs.ts';
import type { Native } from './native.ts';
import type { Slot } from './slot.ts';

export interface BatchItem {
  readonly slot: Slot;
  readonly answer: Answer;
  /** How many of the answer's pending tokens to evaluate in this step. */
  readonly amount: number;
}

const none = new Uint32Array(0);

/** Evaluates one batch and samples a token for every answer without pending tokens. */
export async function runStep(native: Native, contextTokens: number, batch: readonly BatchItem[]): Promise<void> {
  let total = 0;
  for (const item of batch) total += item.amount;
  native.context.initBatch(total);
  const logits = batch.map((item) => addToBatch(native, item));
  await native.context.decodeBatch();
  const sampling: Promise<void>[] = [];
  for (const [index, item] of batch.entries()) {
    const { slot, answer, amount } = item;
    for (let at = 0; at < amount; at++) slot.cells.push(answer.pending[at] ?? 0);
    answer.pending = answer.pending.subarray(amount);
    const at = logits[index];
    if (at !== undefined && answer.end === null) sampling.push(sample(native, contextTokens, item, at));
  }
  await Promise.all(sampling);
}

/** The batch index of the answer's logits; undefined during its prefill. */
function addToBatch(native: Native, { slot, answer, amount }: BatchItem): number | undefined {
  const tokens = answer.pending.subarray(0, amount);
  const wanted = amount === answer.pending.length ? Uint32Array.of(amount - 1) : none;
  return native.context.addToBatch(slot.id, slot.cells.length, tokens, wanted)[0];
}

async function sample(native: Native, contextTokens: number, item: BatchItem, logits: number): Promise<void> {
  const { slot, answer } = item;
  try {
    if (!answer.prefilled || !answer.sampler.constant)
      slot.sampler.applyConfig(answer.sampler.at(answer.generated, answer.history.subarray(0, answer.generated)));
    if (!answer.prefilled) answer.onPrefill?.(answer.cachedTokens);
    answer.prefilled = true;
    const token = await native.context.sampleToken(logits, slot.sampler);
    if (answer.end !== null) return;
    if (token < 0) throw new Error('no token fits the grammar');
    if (native.model.isEogToken(token)) endAnswer(answer, 'stop');
    else deliver(slot, answer, await observed(native, item, token, logits), contextTokens);
  } catch (error) {
    answer.failure = engineFailure(error);
    notify(answer);
  }
}

function observed(
  native: Native,
  { slot, answer }: BatchItem,
  token: number,
  logits: number,
): SampledToken | Promise<SampledToken> {
  if (answer.topLogprobs === null) return { token, logprob: null, top: [] };
  return logprobsOf(native.context, slot.observer, logits, token, answer.topLogprobs);
}

function deliver(slot: Slot, answer: Answer, sampled: SampledToken, contextTokens: number): void {
  appendToken(answer, sampled.token);
  answer.queue.push(sampled);
  if (answer.generated >= answer.maxTokens || slot.cells.length >= contextTokens) {
    endAnswer(answer, 'length');
  } else {
    answer.pending = Uint32Array.of(sampled.token);
    notify(answer);
  }
}

export function engineFailure(error: unknown): Error {
  if (error instanceof KumikiError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new KumikiError('engine_failed', { reason }, { cause: error });
}
