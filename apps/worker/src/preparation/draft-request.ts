import {
  chatRequestSchema,
  completionRequestSchema,
  embeddingRequestSchema,
  unsupportedChatFields,
  unsupportedCompletionFields,
} from '@kumiki/api';
import { checkBody, readJson } from '@kumiki/service/bodies';
import { draftChat } from '../chat/draft-chat.ts';
import { draftCompletion } from '../completion/draft-completion.ts';
import { draftEmbedding } from '../embedding/draft-embedding.ts';
import type { Prompting } from '../engine/prompting.ts';
import type { ModelFacts } from '../generation/model-facts.ts';
import type { DraftKind, Drafts, Phase } from './drafts.ts';

/**
 * Members and elements of a body: enough for any prompt and for the token ids of a continued answer. The gateway's
 * limit for clients is lower.
 */
const bodyValuesLimit = 1_500_000;

/**
 * Turns the bytes of a request into its draft: all work whose time depends on the request, except that of native code.
 * Throws KumikiError.
 * @param begin called before each phase.
 */
export function draftRequest<Kind extends DraftKind>(
  kind: Kind,
  body: Buffer,
  facts: ModelFacts,
  prompting: Prompting,
  begin: (phase: Phase) => void,
): Drafts[Kind] {
  begin('reading');
  const value = readJson(body, bodyValuesLimit);
  begin('checking');
  return makers[kind](value, facts, prompting, () => begin('drafting'));
}

type Maker<Draft> = (value: unknown, facts: ModelFacts, prompting: Prompting, checked: () => void) => Draft;

const makers: { readonly [Kind in DraftKind]: Maker<Drafts[Kind]> } = {
  chat(value, facts, prompting, checked) {
    const body = checkBody(chatRequestSchema, value, unsupportedChatFields);
    checked();
    return draftChat(body, facts, prompting);
  },
  completion(value, facts, _, checked) {
    const body = checkBody(completionRequestSchema, value, unsupportedCompletionFields);
    checked();
    return draftCompletion(body, facts);
  },
  embedding(value, facts, _, checked) {
    const body = checkBody(embeddingRequestSchema, value, {});
    checked();
    return draftEmbedding(body, facts);
  },
};
