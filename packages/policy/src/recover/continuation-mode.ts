import type { ContinuationMode } from '@kumiki/api';

/** What of an answer decides how it can be continued. */
export interface AnswerFacts {
  /** Every token id of it is known, and the revision that sampled them. */
  readonly tokensOf: string | null;
  /** The text so far is a complete account of it: one choice, plain text, no tool call, no grammar, no log-probabilities. */
  readonly plainText: boolean;
  /** Asked again, the same text comes: greedy, or with a seed. */
  readonly deterministic: boolean;
  /** Nothing that anybody could see has come: who begins anew takes nothing back. */
  readonly nothingShown: boolean;
}

/**
 * How an endpoint can go on with an answer, best first: from its token ids (exact), from its text (exact where the
 * tokenizer agrees), by being asked again while what the client has is skipped. Null when it cannot.
 */
export function continuationMode(
  endpoint: { readonly continuation: ContinuationMode; readonly revision: string },
  answer: AnswerFacts,
): Exclude<ContinuationMode, 'none'> | null {
  // Token ids of one revision mean nothing to another, which may have another vocabulary.
  if (endpoint.continuation === 'token_ids' && answer.tokensOf === endpoint.revision) return 'token_ids';
  if (endpoint.continuation === 'none') return answer.nothingShown ? 'replay' : null;
  if (endpoint.continuation !== 'replay' && answer.plainText) return 'prefill';
  return answer.deterministic || answer.nothingShown ? 'replay' : null;
}
