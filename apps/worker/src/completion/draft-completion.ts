import { type CompletionRequest, defaultCompletionTokens, KumikiError } from '@kumiki/api';
import type { AnswerDraft, PromptDraft } from '../generation/answer-draft.ts';
import { newCompletionId, seedOfId } from '../generation/answer-ids.ts';
import { checkModel } from '../generation/check-model.ts';
import { checkTextLength } from '../generation/context-limit.ts';
import type { ModelFacts } from '../generation/model-facts.ts';
import { planSampling, planStops } from '../generation/sampling.ts';

/** Everything about a completion request that can be decided without the engine. Throws KumikiError. */
export function draftCompletion(body: CompletionRequest, facts: ModelFacts): AnswerDraft {
  checkModel(facts, body.model, 'chat');
  checkCombinations(body);
  const prompts = promptsOf(body).map((prompt): PromptDraft => {
    if (typeof prompt !== 'string') return { kind: 'tokens', tokens: prompt };
    checkTextLength(prompt.length, facts, 'prompt');
    return { kind: 'text', pieces: [{ text: prompt, plain: false }], begins: false };
  });
  const { kumiki_continuation: continuation } = body;
  const id = continuation?.id ?? newCompletionId('cmpl');
  return {
    id,
    created: continuation?.created ?? Math.floor(Date.now() / 1_000),
    stream: body.stream === true,
    usageAsked: body.stream_options?.include_usage === true,
    prompts,
    promptParam: 'prompt',
    maxTokens: body.max_tokens ?? defaultCompletionTokens,
    choices: body.n ?? 1,
    seed: body.seed ?? seedOfId(id),
    continuation: continuation ?? null,
    echo: body.echo === true,
    sampling: planSampling(body),
    stops: planStops(body),
    tools: null,
    grammar: null,
    topLogprobs: body.logprobs ?? null,
  };
}

function promptsOf({ prompt }: CompletionRequest): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as string[] | number[][]);
}

function checkCombinations(body: CompletionRequest): void {
  const unsupported = (param: string, reason: string): never => {
    throw new KumikiError('unsupported_parameter', { param, reason });
  };
  if (body.suffix) unsupported('suffix', 'the models served here do not fill in the middle');
  if (body.best_of && body.best_of !== (body.n ?? 1)) unsupported('best_of', 'it has to equal n');
  if (body.echo === true && body.logprobs !== null && body.logprobs !== undefined) {
    unsupported('echo', 'log-probabilities of the prompt are not computed; leave out echo or logprobs');
  }
  if (body.stream_options && body.stream !== true) {
    throw new KumikiError('invalid_value', { param: 'stream_options', reason: 'it needs stream to be true' });
  }
}
