import type { ContinuationMode } from '@kumiki/api';

/** Properties of an answer that decide how it can be continued. */
export interface AnswerFacts {
  /** The revision that sampled its tokens when every token id is known, otherwise null. */
  readonly tokensOf: string | null;
  /**
   * The text so far describes it completely: one choice, plain text, no tool call, no grammar, no log-probabilities.
   */
  readonly plainText: boolean;
  /** The same request gives the same text: greedy sampling, or a seed. */
  readonly deterministic: boolean;
  /** The client has seen nothing yet, so the answer can start over. */
  readonly nothingShown: boolean;
}

/**
 * How an endpoint can continue an answer, best first: from its token ids (exact), from its text (exact if the tokenizer
 * agrees), or by repeating the request and skipping what the client has. null when it cannot.
 */
export function continuationMode(
  endpoint: { readonly continuation: ContinuationMode; readonly revision: string },
  answer: AnswerFacts,
): Exclude<ContinuationMode, 'none'> | null {
  // Token ids are valid for one revision only, since another may have a different vocabulary.
  if (endpoint.continuation === 'token_ids' && answer.tokensOf === endpoint.revision) return 'token_ids';
  if (endpoint.continuation === 'none') return answer.nothingShown ? 'replay' : null;
  if (endpoint.continuation !== 'replay' && answer.plainText) return 'prefill';
  return answer.deterministic || answer.nothingShown ? 'replay' : null;
}
