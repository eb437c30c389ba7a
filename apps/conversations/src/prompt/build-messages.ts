import type { InputItem } from '@kumiki/api';
import type { Item } from '../answer/response-object.ts';
import { textOf } from './item-text.ts';

interface ToolCall {
  readonly id: string;
  readonly type: 'function';
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatMessage {
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  content: string | null;
  tool_calls?: ToolCall[];
  readonly tool_call_id?: string;
}

/**
 * Items as the messages of a chat. Consecutive calls become one message. Items that a model cannot be given again
 * (reasoning, searches whose passages are gone, interrupted calls) are left out.
 */
export function buildMessages(instructions: string | null, items: readonly Item[]): ChatMessage[] {
  const messages: ChatMessage[] = instructions === null ? [] : [{ role: 'system', content: instructions }];
  for (const [index, item] of items.entries()) addItem(messages, item as InputItem, `input[${index}]`);
  return messages;
}

function addItem(messages: ChatMessage[], item: InputItem, path: string): void {
  switch (item.type) {
    case 'function_call': {
      if (item.status === 'incomplete') return;
      const call = {
        id: item.call_id,
        type: 'function',
        function: { name: item.name, arguments: item.arguments },
      } as const;
      const last = messages.at(-1);
      if (last?.role === 'assistant') (last.tool_calls ??= []).push(call);
      else messages.push({ role: 'assistant', content: null, tool_calls: [call] });
      return;
    }
    case 'function_call_output':
      messages.push({ role: 'tool', tool_call_id: item.call_id, content: textOf(item.output, `${path}.output`) });
      return;
    case 'file_search_call':
    case 'reasoning':
    case 'item_reference':
      return;
    case 'message':
    case undefined:
      messages.push({ role: item.role, content: textOf(item.content, `${path}.content`) });
  }
}

/** The text of the last user message; null when there is none. */
export function lastUserText(items: readonly Item[]): string | null {
  const last = items.findLast((item) => item.type === 'message' && item['role'] === 'user') as InputItem | undefined;
  return last !== undefined && 'role' in last ? textOf(last.content, 'input') : null;
}
