import type { ChatMessageInput, ChatRequest } from '@kumiki/api';
import { checkContext, checkTextLength } from '../generation/context-limit.ts';
import type { ModelFacts } from '../generation/model-facts.ts';

/** Templates may omit names, ids, calls and tools, so these count for less. */
const charactersPerTokenBeside = 256;

/**
 * Refuses, before the template runs, a conversation that cannot fit into the context however the template writes it.
 * Each message takes a token at least, and all text that the template sees counts. Throws KumikiError
 * `context_length_exceeded` with the least number of tokens that the prompt can have.
 */
export function checkTemplateInput(body: ChatRequest, seesTools: boolean, facts: ModelFacts): void {
  checkContext(body.messages.length, 0, facts.contextTokens, 'messages');
  let contents = 0;
  let beside = 0;
  for (const message of body.messages) {
    contents += contentOf(message);
    beside += besideContent(message);
  }
  checkTextLength(contents, facts, 'messages');
  const beyond = { ...facts, longestTokenBytes: Math.max(facts.longestTokenBytes, charactersPerTokenBeside) };
  checkTextLength(contents + beside, beyond, 'messages');
  if (seesTools) checkTextLength(contents + beside + JSON.stringify(body.tools ?? []).length, beyond, 'tools');
}

/** Characters of a message's content. */
function contentOf({ content }: ChatMessageInput): number {
  if (typeof content === 'string') return content.length;
  let characters = 0;
  for (const part of content ?? []) characters += 'text' in part ? String(part.text).length : 0;
  return characters;
}

/** Characters of all other parts of a message that a template sees. */
function besideContent(message: ChatMessageInput): number {
  let characters = (message.name ?? '').length;
  if (message.role === 'tool') characters += message.tool_call_id.length;
  if (message.role !== 'assistant') return characters;
  for (const { id, function: call } of message.tool_calls ?? []) {
    characters += id.length + call.name.length + call.arguments.length;
  }
  const { function_call: old, refusal } = message;
  return characters + (refusal ?? '').length + (old?.name.length ?? 0) + (old?.arguments.length ?? 0);
}
