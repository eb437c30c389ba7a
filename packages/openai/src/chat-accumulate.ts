import type {
  ChatChoice,
  ChatChunk,
  ChatChunkChoice,
  ChatCompletion,
  ChatLogprobs,
  ToolCallDelta,
} from './chat-types.ts';
import { flattenText } from './flatten-text.ts';
import { callIndexOf, contentOf, reasoningOf } from './read-delta.ts';

/** Most choices and most tool calls of one answer; a server that sends more is in error, and the rest is ignored. */
const maxChoices = 128;
const maxToolCalls = 1_024;

/** Assembles an answer from its chunks. */
export interface ChatAccumulator {
  add(chunk: ChatChunk): void;
  /** The answer so far; null before the first chunk. Shares nothing with the accumulator. */
  completion(): ChatCompletion | null;
  /** Releases the pieces of concatenated texts, at the cost of one copy. */
  flatten(): void;
}

export function createChatAccumulator(): ChatAccumulator {
  let whole: ChatCompletion | null = null;
  const byIndex = new Map<number, ChatChoice>();

  function choiceOf(index: number): ChatChoice | null {
    const known = byIndex.get(index);
    if (known !== undefined) return known;
    if (byIndex.size >= maxChoices) return null;
    const message = { role: 'assistant', content: null, refusal: null };
    const choice: ChatChoice = { index, message, finish_reason: null, logprobs: null };
    byIndex.set(index, choice);
    return choice;
  }

  return {
    add(chunk) {
      const { id, created, model } = chunk;
      // Azure's first chunk tells what its filters found, and neither an id nor a model.
      if (whole === null || whole.id === '')
        whole = { ...whole, id, object: 'chat.completion', created, model, choices: [] };
      if (chunk.system_fingerprint != null) whole.system_fingerprint = chunk.system_fingerprint;
      if (chunk.service_tier != null) whole.service_tier = chunk.service_tier;
      if (chunk.usage != null) whole.usage = chunk.usage;
      for (const part of chunk.choices ?? []) {
        const choice = choiceOf(part.index);
        if (choice !== null) addToChoice(choice, part);
      }
    },
    completion() {
      if (whole === null) return null;
      const choices = [...byIndex.values()].sort((a, b) => a.index - b.index);
      return structuredClone({ ...whole, choices });
    },
    flatten() {
      for (const { message } of byIndex.values()) {
        flattenText(message.content);
        flattenText(message.refusal);
        flattenText(message.reasoning_content);
        for (const call of message.tool_calls ?? []) flattenText(call.function.arguments);
      }
    },
  };
}

export function mergeChunks(chunks: Iterable<ChatChunk>): ChatCompletion | null {
  const accumulator = createChatAccumulator();
  for (const chunk of chunks) accumulator.add(chunk);
  return accumulator.completion();
}

function addToChoice(choice: ChatChoice, part: ChatChunkChoice): void {
  const { message } = choice;
  const delta = part.delta ?? {};
  if (delta.role !== undefined) message.role = delta.role;
  const content = contentOf(delta);
  if (content !== null) message.content = (message.content ?? '') + content;
  if (delta.refusal != null) message.refusal = (message.refusal ?? '') + delta.refusal;
  const reasoning = reasoningOf(delta);
  if (reasoning !== null) message.reasoning_content = (message.reasoning_content ?? '') + reasoning;
  for (const call of delta.tool_calls ?? []) addToolCall(choice, call);
  if (part.logprobs != null) choice.logprobs = joinLogprobs(choice.logprobs, part.logprobs);
  if (part.finish_reason != null) choice.finish_reason = part.finish_reason;
}

function addToolCall(choice: ChatChoice, delta: ToolCallDelta): void {
  choice.message.tool_calls ??= [];
  const calls = choice.message.tool_calls;
  const index = callIndexOf(delta, calls.length);
  if (index < 0 || index >= maxToolCalls) return;
  while (calls.length <= index) calls.push({ id: '', type: 'function', function: { name: '', arguments: '' } });
  const call = calls[index];
  if (call === undefined) return;
  if (delta.id) call.id = delta.id;
  call.function.name += delta.function?.name ?? '';
  call.function.arguments += delta.function?.arguments ?? '';
}

function joinLogprobs(a: ChatLogprobs | null, b: ChatLogprobs): ChatLogprobs {
  return { content: joinLists(a?.content, b.content), refusal: joinLists(a?.refusal, b.refusal) };
}

/** Appends to the list that the accumulator owns, so that a long answer costs linear time. */
function joinLists<Item>(owned: Item[] | null | undefined, more: Item[] | null | undefined): Item[] | null {
  if (more == null) return owned ?? null;
  const joined = owned ?? [];
  for (const item of more) joined.push(item);
  return joined;
}
