import type { ChatCompletion, TextCompletion } from '@kumiki/openai';
import type { AnswerFacts } from '@kumiki/policy';
import type { Exchange, ModelRequest } from './exchange.ts';
import type { Recorded } from './recording.ts';

type Choice = ChatCompletion['choices'][number] | TextCompletion['choices'][number];

/** What is known about an answer that has begun, for choosing the replica that continues it. */
export function answerFacts(exchange: Exchange, recorded: Recorded, revision: string | null): AnswerFacts {
  const { scanned } = exchange.request;
  const { choices } = recorded.completion;
  const nothingShown = !choices.some(showsAnything);
  // An answer without token ids is fully known by them only while it shows nothing.
  const tokensNamed = recorded.tokens !== null && (recorded.tokens.size > 0 || nothingShown);
  const { count, plain } = expected(exchange.request);
  return {
    tokensOf: tokensNamed ? revision : null,
    plainText:
      !nothingShown &&
      count === 1 &&
      plain &&
      !scanned.hasResponseFormat &&
      !scanned.logprobs &&
      !scanned.hasTools &&
      choices.every(isText),
    deterministic: scanned.temperature === 0 || scanned.seed !== null,
    nothingShown,
  };
}

/** Whether the client has everything except the end mark, so that no replica has to continue. */
export function isWhole(exchange: Exchange, recorded: Recorded): boolean {
  const { choices } = recorded.completion;
  if (choices.length === 0 || choices.some((choice) => choice.finish_reason === null)) return false;
  if (exchange.request.scanned.includeUsage && exchange.progress.promptTokens === null) return false;
  return choices.length >= expected(exchange.request).count;
}

/**
 * How many choices were requested, and whether the text of one describes it completely. Used only when a stream has
 * broken, so parsing the body of a text completion is affordable.
 */
function expected({ scanned, path, body }: ModelRequest): { readonly count: number; readonly plain: boolean } {
  const n = scanned.n ?? 1;
  if (path !== '/v1/completions') return { count: n, plain: true };
  const { prompt, echo } = JSON.parse(body.toString()) as {
    readonly prompt?: unknown;
    readonly echo?: unknown;
  };
  // A list holds the token ids of one prompt, or several prompts.
  const prompts = Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt.length : 1;
  return { count: n * prompts, plain: typeof prompt === 'string' && echo !== true };
}

function showsAnything(choice: Choice): boolean {
  if (choice.finish_reason !== null) return true;
  if (!('message' in choice)) return choice.text !== '';
  const { content, refusal, reasoning_content: thoughts, tool_calls: calls } = choice.message;
  return Boolean(content) || Boolean(refusal) || Boolean(thoughts) || (calls?.length ?? 0) > 0;
}

/** Reasoning is not part of the text: a replica that continued from the text would reason again. */
function isText(choice: Choice): boolean {
  if (!('message' in choice)) return true;
  const { refusal, reasoning_content: thoughts, tool_calls: calls } = choice.message;
  return !refusal && !thoughts && (calls?.length ?? 0) === 0;
}
