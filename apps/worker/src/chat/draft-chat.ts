import { type ChatRequest, KumikiError } from '@kumiki/api';
import type { Prompting } from '../engine/prompting.ts';
import type { AnswerDraft } from '../generation/answer-draft.ts';
import { newCompletionId, seedOfId } from '../generation/answer-ids.ts';
import { checkModel } from '../generation/check-model.ts';
import type { ModelFacts } from '../generation/model-facts.ts';
import { planSampling, planStops } from '../generation/sampling.ts';
import { planGrammar, planTools } from './chat-grammar.ts';
import { templateMessages } from './template-messages.ts';
import { checkTemplateInput } from './template-size.ts';

/** Everything about a chat request that can be decided without the engine. Throws KumikiError. */
export function draftChat(body: ChatRequest, facts: ModelFacts, prompting: Prompting): AnswerDraft {
  checkModel(facts, body.model, 'chat');
  checkCombinations(body);
  const tools = planTools(body);
  const continueFinalMessage = body.continue_final_message ?? false;
  checkTemplateInput(body, tools !== null, facts);
  const pieces = prompting.render({
    messages: templateMessages(body.messages),
    // With tool_choice `none` the prompt does not contain the tools.
    tools: tools === null ? null : (body.tools ?? []),
    addGenerationPrompt: body.add_generation_prompt ?? !continueFinalMessage,
    continueFinalMessage,
  });
  const grammar = planGrammar(body);
  const { kumiki_continuation: continuation } = body;
  const id = continuation?.id ?? newCompletionId('chatcmpl');
  return {
    id,
    created: continuation?.created ?? Math.floor(Date.now() / 1_000),
    stream: body.stream === true,
    usageAsked: body.stream_options?.include_usage === true,
    prompts: [{ kind: 'text', pieces, begins: true }],
    promptParam: 'messages',
    maxTokens: body.max_completion_tokens ?? body.max_tokens ?? null,
    choices: body.n ?? 1,
    seed: body.seed ?? seedOfId(id),
    continuation: continuation ?? null,
    echo: false,
    sampling: planSampling(body),
    stops: planStops(body),
    tools,
    grammar: grammar === null ? null : prompting.compileGrammar(grammar),
    topLogprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : null,
  };
}

/** Refuses fields that are valid alone but contradict each other. */
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
