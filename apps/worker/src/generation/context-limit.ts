import { KumikiError } from '@kumiki/api';
import type { ModelFacts } from './model-facts.ts';

/**
 * Throws KumikiError `context_length_exceeded` when prompt and answer do not fit together.
 * @param param the field that holds the prompt.
 */
export function checkContext(
  promptTokens: number,
  completionTokens: number,
  contextTokens: number,
  param: string,
): void {
  const requestedTokens = promptTokens + completionTokens;
  if (requestedTokens <= contextTokens) return;
  throw new KumikiError(
    'context_length_exceeded',
    { contextTokens, requestedTokens, promptTokens, completionTokens },
    { param },
  );
}

/**
 * Refuses a text that cannot fit however it is tokenised, since the native tokenizer cannot be interrupted. The error
 * has the least number of tokens that the text can have.
 */
export function checkTextLength(
  characters: number,
  { contextTokens, longestTokenBytes }: Pick<ModelFacts, 'contextTokens' | 'longestTokenBytes'>,
  param: string,
): void {
  checkContext(Math.ceil(characters / longestTokenBytes), 0, contextTokens, param);
}
