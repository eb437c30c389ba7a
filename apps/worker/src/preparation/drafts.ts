import type { EmbeddingDraft } from '../embedding/draft-embedding.ts';
import type { AnswerDraft } from '../generation/answer-draft.ts';

/** The draft of each kind of request. */
export interface Drafts {
  readonly chat: AnswerDraft;
  readonly completion: AnswerDraft;
  readonly embedding: EmbeddingDraft;
}

export type DraftKind = keyof Drafts;

/** The phases of preparing a request. */
export type Phase = 'reading' | 'checking' | 'drafting';
