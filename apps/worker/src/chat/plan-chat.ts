import { KumikiError, type ChatRequest } from '@kumiki/api';
import type { Engine } from '../engine/engine.ts';
import type { AnswerPlan } from '../generation/answer-plan.ts';
import { planChoices, planMaxTokens, planSampling, planStops } from '../generation/sampling.ts';
import { planGrammar, planTools } from './chat-grammar.ts';
import { templateMessages } from './template-messages.ts';
import { checkTemplateInput } from './template-size.ts';

/**
 * Decides all of a chat request before its reply begins. Throws KumikiError.
 * @param seed for a request that brings none.
 */
export function planChat(body: ChatRequest, engine: Engine, seed: number): AnswerPlan {
  checkCombinations(body);
  const tools = planTools(body);
  const continueFinalMessage = body.continue_final_message ?? false;
  checkTemplateInput(body, tools !== null, engine.model.contextTokens);
  const messages = templateMessages(body.messages);
  const prompt = engine.renderChatTokens({
    messages,
    // With tool_choice `none` the model is not even told of the tools.
    tools: tools === null ? null : (body.tools ?? []),
    addGenerationPrompt: body.add_generation_prompt ?? !continueFinalMessage,
    continueFinalMessage,
  });
  const grammar = planGrammar(body);
  if (grammar !== null) engine.checkGrammar?.(grammar);
  const asked = body.max_completion_tokens ?? body.max_tokens ?? null;
  const maxTokens = planMaxTokens(prompt.length, asked, engine.model.contextTokens, 'messages');
  return {
    choices: planChoices([prompt], body, body.seed ?? seed, maxTokens),
    maxTokens,
    sampling: planSampling(body),
    stops: planStops(body),
    tools,
    grammar,
    topLogprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : null,
    promptTokens: prompt.length,
  };
}

/** Fields that each are fine and together make no sense. */
function checkCombinations(body: ChatRequest): void {
  const refuse = (param: string, reason: string): never => {
    throw new KumikiError('invalid_value', { param, reason });
  };
  if (body.top_logprobs !== null && body.top_logprobs !== undefined && body.logprobs !== true) {
    refuse('top_logprobs', 'it needs logprobs to be true');
  }
  if (body.stream_options && body.stream !== true) refuse('stream_options', 'it needs stream to be true');
  if (body.modalities?.some((modality) => modality !== 'text')) {
    throw new KumikiError('unsupported_parameter', { param: 'modalities', reason: 'the models served here make text' });
  }
  if (body.continue_final_message !== true) return;
  if (body.add_generation_prompt === true) {
    refuse('continue_final_message', 'it and add_generation_prompt exclude each other');
  }
  if (body.messages.at(-1)?.role !== 'assistant') {
    refuse('continue_final_message', "the last message is not the assistant's");
  }
}
