import { defaultCompletionTokens, KumikiError, type CompletionRequest } from '@kumiki/api';
import type { Engine } from '../engine/engine.ts';
import type { AnswerPlan } from '../generation/answer-plan.ts';
import { checkTextLength } from '../generation/context-limit.ts';
import { planChoices, planMaxTokens, planSampling, planStops } from '../generation/sampling.ts';

export interface CompletionPlan {
  readonly plan: AnswerPlan;
  /** Text that each choice begins with, as `echo` asks; empty texts without it. */
  readonly echoes: readonly string[];
}

/**
 * Decides all of a completion request before its reply begins. Throws KumikiError.
 * @param seed for a request that brings none.
 */
export function planCompletion(body: CompletionRequest, engine: Engine, seed: number): CompletionPlan {
  checkCombinations(body);
  const prompts = promptsOf(body).map((prompt) => {
    checkTextLength(typeof prompt === 'string' ? prompt.length : 0, engine.model.contextTokens, 'prompt');
    return typeof prompt === 'string' ? engine.tokenize(prompt, true) : prompt;
  });
  const asked = body.max_tokens ?? defaultCompletionTokens;
  for (const prompt of prompts) {
    if (prompt.length === 0) throw new KumikiError('invalid_value', { param: 'prompt', reason: 'it has no token' });
    planMaxTokens(prompt.length, asked, engine.model.contextTokens, 'prompt');
  }
  const choices = planChoices(prompts, body, body.seed ?? seed, asked);
  const echoOf = (prompt: readonly number[]): string => (body.echo === true ? textOf(prompt, engine) : '');
  return {
    echoes: choices.map(({ prompt }) => echoOf(prompt)),
    plan: {
      choices,
      maxTokens: asked,
      sampling: planSampling(body),
      stops: planStops(body),
      tools: null,
      grammar: null,
      topLogprobs: body.logprobs ?? null,
      promptTokens: prompts.reduce((sum, prompt) => sum + prompt.length, 0),
    },
  };
}

function promptsOf({ prompt }: CompletionRequest): readonly (string | readonly number[])[] {
  if (typeof prompt === 'string') return [prompt];
  return typeof prompt[0] === 'number' ? [prompt as number[]] : (prompt as string[] | number[][]);
}

function textOf(tokens: readonly number[], engine: Engine): string {
  return Buffer.concat(tokens.map((token) => engine.tokenBytes(token))).toString('utf8');
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
