import { KumikiError, type ChatMessageInput, type ContentPart } from '@kumiki/api';
import type { TemplateMessage } from '../engine/prompting.ts';

/** Messages in the form of the model's template: contents as text, deprecated roles replaced by their successors. */
export function templateMessages(messages: readonly ChatMessageInput[]): TemplateMessage[] {
  return messages.map((message, index) => {
    const content = flatten(message.content ?? '', `messages[${index}].content`);
    const named = message.name === null || message.name === undefined ? {} : { name: message.name };
    switch (message.role) {
      case 'system':
      case 'developer':
        return { role: 'system', content, ...named };
      case 'user':
        return { role: 'user', content, ...named };
      case 'assistant':
        return { role: 'assistant', content: content + (message.refusal ?? ''), ...named, ...callsOf(message) };
      case 'tool':
        return { role: 'tool', content, ...named, tool_call_id: message.tool_call_id };
      case 'function':
        return { role: 'tool', content, name: message.name };
    }
  });
}

function flatten(content: string | readonly ContentPart[], path: string): string {
  if (typeof content === 'string') return content;
  return content.map((part, index) => partText(part, `${path}[${index}]`)).join('');
}

function partText(part: ContentPart, path: string): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'refusal':
      return part.refusal;
    case 'image_url':
    case 'input_audio':
    case 'file':
      throw new KumikiError('unsupported_parameter', { param: path, reason: 'this model reads text only' });
  }
}

type AssistantMessage = Extract<ChatMessageInput, { role: 'assistant' }>;

function callsOf(message: AssistantMessage): Pick<TemplateMessage, 'tool_calls'> {
  const calls = (message.tool_calls ?? []).map(({ id, function: call }) => ({ id, call }));
  if (message.function_call) calls.push({ id: 'call_0', call: message.function_call });
  if (calls.length === 0) return {};
  return {
    tool_calls: calls.map(({ id, call }) => ({
      id,
      type: 'function',
      function: { name: call.name, arguments: argumentsOf(call.arguments) },
    })),
  };
}

/** Templates expect arguments as a value. Text that is not JSON stays text. */
function argumentsOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : text;
  } catch {
    return text;
  }
}
