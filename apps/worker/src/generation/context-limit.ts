import { KumikiError } from '@kumiki/api';

/** No vocabulary has a token of more characters; those that have long ones have runs of blanks. */
const mostCharactersPerToken = 256;

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
 * Refuses a text that cannot fit however it is tokenised, since tokenising megabytes would hold up every stream. The
 * error then tells the least number of tokens that it can have.
 */
export function checkTextLength(characters: number, contextTokens: number, param: string): void {
  checkContext(Math.ceil(characters / mostCharactersPerToken), 0, contextTokens, param);
}
