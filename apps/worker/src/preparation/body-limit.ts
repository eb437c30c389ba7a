import { KumikiError } from '@kumiki/api';
import type { ModelFacts } from '../generation/model-facts.ts';
import type { DraftKind } from './drafts.ts';

export interface BodyLimit {
  readonly bytes: number;
  /** @param bytes that the body has at least. */
  refusal(bytes: number): KumikiError;
}

/** Largest body of any request: what the gateway lets through as well. */
const mostBytes = 33_554_432;

/** What a chat may hold beside its messages' text: tools, schemas, metadata, token ids of an answer that goes on. */
const besideTextBytes = 4_194_304;

/** A byte of text is at most six of JSON: `\u0041`. */
const jsonBytesPerByte = 6;

/** What a message takes around its text (each takes a token at least). */
const bytesAroundMessage = 512;

/**
 * The largest body that can be a request which fits the model: a chat by the context, since what is longer has more tokens
 * however it is tokenised. Completions and embeddings bring many prompts at once, and have the limit of all requests.
 */
export function bodyLimit(kind: DraftKind, facts: ModelFacts): BodyLimit {
  const { contextTokens, longestTokenBytes } = facts;
  const bytesPerToken = longestTokenBytes * jsonBytesPerByte + bytesAroundMessage;
  const ofContext = kind === 'chat' ? besideTextBytes + contextTokens * bytesPerToken : mostBytes;
  if (ofContext >= mostBytes) return { bytes: mostBytes, refusal: tooLarge };
  return {
    bytes: ofContext,
    refusal(bytes) {
      if (bytes > mostBytes) return tooLarge();
      const promptTokens = Math.ceil((bytes - besideTextBytes) / bytesPerToken);
      const details = { contextTokens, requestedTokens: promptTokens, promptTokens, completionTokens: 0 };
      return new KumikiError('context_length_exceeded', details, { param: 'messages' });
    },
  };
}

const tooLarge = (): KumikiError => new KumikiError('body_too_large', { limitBytes: mostBytes });

/** Of what is no request to the model. */
export const smallBody: BodyLimit = {
  bytes: 65_536,
  refusal: () => new KumikiError('body_too_large', { limitBytes: 65_536 }),
};
