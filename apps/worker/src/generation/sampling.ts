import { KumikiError, type ChatRequest, type CompletionRequest, type Continuation } from '@kumiki/api';
import type { AnswerDraft } from './answer-draft.ts';
import type { AnswerPlan, ChoicePlan } from './answer-plan.ts';
import { checkContext } from './context-limit.ts';

type Body = ChatRequest | CompletionRequest;

/** The sampling options of a request, with the API's defaults for absent ones. */
export function planSampling(body: Body): AnswerPlan['sampling'] {
  return {
    temperature: body.temperature ?? 1,
    topP: body.top_p ?? 1,
    topK: Math.max(0, body.top_k ?? 0),
    minP: body.min_p ?? 0,
    frequencyPenalty: body.frequency_penalty ?? 0,
    presencePenalty: body.presence_penalty ?? 0,
    logitBias: new Map(Object.entries(body.logit_bias ?? {}).map(([token, bias]) => [Number(token), bias])),
  };
}

export function planStops(body: Body): string[] {
  const stops = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []);
  if (stops.some((stop) => !stop.isWellFormed())) {
    throw new KumikiError('invalid_value', { param: 'stop', reason: 'it holds half of a surrogate pair' });
  }
  return stops;
}

/** Each choice's own seed; the first one has the request's. */
function seedOf(seed: number, choice: number): number {
  const low = seed >>> 0;
  const high = Math.floor(Math.abs(seed) / 2 ** 32) >>> 0;
  const folded = high === 0 ? low : Math.imul(high, 0x9e3779b1) ^ low;
  return choice === 0 ? folded >>> 0 : (Math.imul(folded + choice, 0x85ebca6b) ^ choice) >>> 0;
}

/**
 * How many tokens an answer may have.
 * @param asked null for the rest of the context. Throws KumikiError `context_length_exceeded`.
 */
export function planMaxTokens(
  promptTokens: number,
  asked: number | null,
  contextTokens: number,
  param: string,
): number {
  checkContext(promptTokens, asked ?? 1, contextTokens, param);
  return asked ?? contextTokens - promptTokens;
}

/** The choices of a request, each in the state that the continuation gives. */
export function planChoices(
  prompts: readonly (readonly number[])[],
  { choices: n, seed, continuation }: Pick<AnswerDraft, 'choices' | 'seed' | 'continuation'>,
  maxTokens: number,
): ChoicePlan[] {
  const choices = prompts.flatMap((prompt, place) =>
    Array.from({ length: n }, (_, copy) => {
      const index = place * n + copy;
      return { index, prompt, seed: seedOf(seed, copy), ...placeOf(continuation, index) };
    }),
  );
  for (const listed of continuation?.choices ?? []) {
    const choice = choices[listed.index];
    const reason = choice === undefined ? 'the request has no such choice' : 'it has more tokens than were asked for';
    if (choice === undefined || listed.token_ids.length > maxTokens) {
      throw new KumikiError('invalid_value', { param: `kumiki_continuation.choices[${listed.index}]`, reason });
    }
  }
  return choices;
}

function placeOf(continuation: Continuation | null, index: number): Pick<ChoicePlan, 'resume' | 'begun' | 'finished'> {
  const listed = continuation?.choices.find((choice) => choice.index === index);
  return { resume: listed?.token_ids ?? [], begun: listed !== undefined, finished: listed?.finished ?? false };
}
