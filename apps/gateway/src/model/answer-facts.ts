import type { ChatCompletion, TextCompletion } from '@kumiki/openai';
import type { AnswerFacts } from '@kumiki/policy';
import type { Exchange } from './exchange.ts';
import type { Recorded } from './recording.ts';

type Choice = ChatCompletion['choices'][number] | TextCompletion['choices'][number];

/** What is known about an answer that has begun, for choosing who goes on with it. */
export function answerFacts(exchange: Exchange, recorded: Recorded, revision: string | null): AnswerFacts {
  const { scanned } = exchange;
  const { choices } = recorded.completion;
  const nothingShown = !choices.some(showsAnything);
  // Where tokens were asked for, none at all is an account of an answer only as long as it shows nothing.
  const tokensNamed = recorded.tokens !== null && (recorded.tokens.size > 0 || nothingShown);
  const { count, plain } = expected(exchange);
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

/** Whether the client has all but the end mark, so that nobody needs to go on. */
export function isWhole(exchange: Exchange, recorded: Recorded): boolean {
  const { choices } = recorded.completion;
  if (choices.length === 0 || choices.some((choice) => choice.finish_reason === null)) return false;
  if (exchange.scanned.includeUsage && exchange.promptTokens === null) return false;
  return choices.length >= expected(exchange).count;
}

/**
 * How many choices were asked for, and whether the text of one tells all of it. Looked up only when a stream has
 * broken, so the body of a text completion may be parsed for it.
 */
function expected(exchange: Exchange): { readonly count: number; readonly plain: boolean } {
  const n = exchange.scanned.n ?? 1;
  if (exchange.path !== '/v1/completions') return { count: n, plain: true };
  const { prompt, echo } = JSON.parse(exchange.body.toString()) as {
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

/** Thoughts are not part of the text: who went on from the text would think again. */
function isText(choice: Choice): boolean {
  if (!('message' in choice)) return true;
  const { refusal, reasoning_content: thoughts, tool_calls: calls } = choice.message;
  return !refusal && !thoughts && (calls?.length ?? 0) === 0;
}
