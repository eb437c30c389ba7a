import type { SampledToken } from '../engine.ts';
import type { NativeContext, NativeSampler } from './native.ts';

/**
 * The chosen token with its log-probability and `top` alternatives, from the raw logits of the last step.
 * log p(t) = logit(t) − max − ln Σ exp(logit − max) over the whole vocabulary. `observer` is greedy and
 * unrestricted, so the token that it selects carries the greatest logit.
 */
export async function logprobsOf(
  context: NativeContext,
  observer: NativeSampler,
  logitsIndex: number,
  token: number,
  top: number,
): Promise<SampledToken> {
  const result = await context.sampleToken(
    logitsIndex,
    observer,
    false,
    false,
    [[token], false, false, true, top],
    true,
  );
  const logits = new Map<number, number>();
  const pairs = result[3] ?? [];
  for (let index = 0; index + 1 < pairs.length; index += 2) logits.set(pairs[index] ?? 0, pairs[index + 1] ?? 0);
  const normaliser = Math.max(...logits.values()) + Math.log(result[4] ?? 1);
  const alternatives = [...logits]
    .map(([token, logit]) => ({ token, logprob: logit - normaliser }))
    .toSorted((a, b) => b.logprob - a.logprob || a.token - b.token);
  return { token, logprob: (logits.get(token) ?? -Infinity) - normaliser, top: alternatives.slice(0, top) };
}
