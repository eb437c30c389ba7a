import type { ChatMessageInput, ChatRequest } from '@kumiki/api';
import { checkContext, checkTextLength } from '../generation/context-limit.ts';

/**
 * Refuses what cannot fit into the context however the template writes it, before the template runs: it would hold up
 * every stream. Each message takes a token at least, and all text that the template sees counts.
 * Throws KumikiError `context_length_exceeded` with the least number of tokens that the prompt can have.
 */
export function checkTemplateInput(body: ChatRequest, seesTools: boolean, contextTokens: number): void {
  checkContext(body.messages.length, 0, contextTokens, 'messages');
  let characters = 0;
  for (const message of body.messages) characters += charactersOf(message);
  checkTextLength(characters, contextTokens, 'messages');
  if (!seesTools) return;
  checkTextLength(characters + JSON.stringify(body.tools ?? []).length, contextTokens, 'tools');
}

function charactersOf(message: ChatMessageInput): number {
  let characters = (message.name ?? '').length;
  if (typeof message.content === 'string') characters += message.content.length;
  else for (const part of message.content ?? []) characters += 'text' in part ? String(part.text).length : 0;
  if (message.role === 'tool') characters += message.tool_call_id.length;
  if (message.role !== 'assistant') return characters;
  for (const { id, function: call } of message.tool_calls ?? []) {
    characters += id.length + call.name.length + call.arguments.length;
  }
  const { function_call: old, refusal } = message;
  return characters + (refusal ?? '').length + (old?.name.length ?? 0) + (old?.arguments.length ?? 0);
}
