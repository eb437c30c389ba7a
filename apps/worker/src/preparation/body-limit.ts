import { KumikiError } from '@kumiki/api';
import type { ModelFacts } from '../generation/model-facts.ts';
import type { DraftKind } from './drafts.ts';

export interface BodyLimit {
  readonly bytes: number;
  /** @param bytes a lower bound of the body's size. */
  refusal(bytes: number): KumikiError;
}

/** Largest body of any request, as at the gateway. */
const mostBytes = 33_554_432;

/** Bytes that a chat may have beside its messages' text: tools, schemas, metadata, token ids of a continued answer. */
const besideTextBytes = 4_194_304;

/** A byte of text is at most six of JSON: `\u0041`. */
const jsonBytesPerByte = 6;

/** Bytes of a message around its text (each message takes a token at least). */
const bytesAroundMessage = 512;

/**
 * The largest body of a request that can fit the model. That of a chat follows from the context, since a longer text
 * has more tokens however it is tokenised. Completions and embeddings may have many prompts, so they have the limit of
 * all requests.
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

/** The limit of requests that do not go to the model. */
export const smallBody: BodyLimit = {
  bytes: 65_536,
  refusal: () => new KumikiError('body_too_large', { limitBytes: 65_536 }),
};
