import type { TokenLogprob } from './answer.ts';

/** Log-probabilities in the form of `/v1/completions`. */
export interface TextLogprobs {
  readonly tokens: string[];
  readonly token_logprobs: number[];
  readonly top_logprobs: Record<string, number>[];
  /** Where each token's text begins in the choice's text, in UTF-16 code units. */
  readonly text_offset: number[];
}

/** @param offset where the first token's text begins. */
export function textLogprobs(entries: readonly TokenLogprob[], offset: number): TextLogprobs {
  const result: TextLogprobs = { tokens: [], token_logprobs: [], top_logprobs: [], text_offset: [] };
  let at = offset;
  for (const entry of entries) {
    result.tokens.push(entry.token);
    result.token_logprobs.push(entry.logprob);
    // The sampled token is always among them, as the API has it.
    const top: Record<string, number> = { [entry.token]: entry.logprob };
    for (const other of entry.top_logprobs) top[other.token] ??= other.logprob;
    result.top_logprobs.push(top);
    result.text_offset.push(at);
    at += entry.token.length;
  }
  return result;
}
