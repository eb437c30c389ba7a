import { KumikiError } from '@kumiki/api';
import type { Engine } from '../engine/engine.ts';
import type { AnswerDraft, PromptDraft } from './answer-draft.ts';
import type { AnswerPlan } from './answer-plan.ts';
import { planChoices, planMaxTokens } from './sampling.ts';

export interface TokenizedDraft {
  readonly plan: AnswerPlan;
  /** Text that each choice begins with, as `echo` asks; empty texts without it. */
  readonly echoes: readonly string[];
}

/** The decisions before a reply that need the engine, in small steps. Throws KumikiError. */
export function* tokenizeDraft(draft: AnswerDraft, engine: Engine): Generator<void, TokenizedDraft, void> {
  const { promptParam, grammar } = draft;
  const { contextTokens } = engine.model;
  if (grammar !== null) engine.checkGrammar?.(grammar);
  const prompts: (readonly number[])[] = [];
  const echoOf = new Map<readonly number[], string>();
  let maxTokens = contextTokens;
  let promptTokens = 0;
  for (const prompt of draft.prompts) {
    const tokens = yield* tokensOf(prompt, engine);
    if (tokens.length === 0) throw new KumikiError('invalid_value', { param: promptParam, reason: 'it has no token' });
    maxTokens = planMaxTokens(tokens.length, draft.maxTokens, contextTokens, promptParam);
    if (draft.echo) echoOf.set(tokens, textOf(tokens, engine));
    prompts.push(tokens);
    promptTokens += tokens.length;
    yield;
  }
  const choices = planChoices(prompts, draft, maxTokens);
  const { sampling, stops, tools, topLogprobs } = draft;
  return {
    plan: { choices, maxTokens, sampling, stops, tools, grammar, topLogprobs, promptTokens },
    echoes: choices.map(({ prompt }) => echoOf.get(prompt) ?? ''),
  };
}

function* tokensOf(prompt: PromptDraft, engine: Engine): Generator<void, readonly number[], void> {
  if (prompt.kind === 'tokens') return prompt.tokens;
  return yield* engine.tokenizePieces(prompt.pieces, prompt.begins);
}

function textOf(tokens: readonly number[], engine: Engine): string {
  return Buffer.concat(tokens.map((token) => engine.tokenBytes(token))).toString('utf8');
}
