import type { EmbeddingDraft } from '../embedding/draft-embedding.ts';
import type { AnswerDraft } from '../generation/answer-draft.ts';

/** What requests of each kind become. */
export interface Drafts {
  readonly chat: AnswerDraft;
  readonly completion: AnswerDraft;
  readonly embedding: EmbeddingDraft;
}

export type DraftKind = keyof Drafts;

/** What is being done to a request. */
export type Phase = 'reading' | 'checking' | 'drafting';
