import type { InputItem } from '@kumiki/api';
import type { Item } from '../answer/response-object.ts';
import { newId } from '../ids/new-id.ts';

/** The prefix of each item's id. */
const prefixes: Readonly<Record<string, string>> = {
  message: 'msg',
  function_call: 'fc',
  function_call_output: 'fco',
  file_search_call: 'fs',
  reasoning: 'rs',
  item_reference: 'ref',
};

/** A request's input as items, each with a type, a status and an id, and its content as a list of parts. */
export function normalizeInput(input: string | readonly InputItem[] | null | undefined): Item[] {
  if (input == null) return [];
  const items: readonly InputItem[] = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  return items.map(normalizeItem);
}

function normalizeItem(item: InputItem): Item {
  const type = item.type ?? 'message';
  if (item.type === 'item_reference') return item;
  const id = newId(prefixes[type] ?? 'item');
  const status = item.status ?? 'completed';
  if ('role' in item) {
    const textType = item.role === 'assistant' ? 'output_text' : 'input_text';
    const content = typeof item.content === 'string' ? [{ type: textType, text: item.content }] : item.content;
    return { id, type: 'message', status, role: item.role, content: content.map(showPart) };
  }
  return { ...item, id, type, status };
}

/** A part of the model's output always has annotations and logprobs. */
function showPart(part: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (part['type'] !== 'output_text') return part;
  return {
    type: 'output_text',
    text: part['text'],
    annotations: part['annotations'] ?? [],
    logprobs: part['logprobs'] ?? [],
  };
}
