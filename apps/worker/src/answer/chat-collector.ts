import type { FinishReason, TokenLogprob } from './answer.ts';
import type { Collector } from './collector.ts';
import { usageJson, type FrameHead } from './frames.ts';

interface Collected {
  content: string;
  calls: { name: string; arguments: string }[];
  logprobs: TokenLogprob[] | null;
  reason: FinishReason;
}

/** A whole chat completion. */
export function createChatCollector(
  head: FrameHead,
  count: number,
  callIdOf: (choice: number, call: number) => string,
): Collector {
  const choices: Collected[] = Array.from({ length: count }, () => ({
    content: '',
    calls: [],
    logprobs: null,
    reason: 'stop',
  }));
  return {
    delta(index, delta) {
      const choice = choices[index];
      if (choice === undefined) return;
      choice.content += delta.content;
      for (const part of delta.toolCalls) {
        const call = (choice.calls[part.index] ??= { name: part.name ?? '', arguments: '' });
        call.arguments += part.arguments;
      }
      if (delta.logprobs !== null) (choice.logprobs ??= []).push(...delta.logprobs);
    },
    finish(index, reason) {
      const choice = choices[index];
      if (choice !== undefined) choice.reason = reason;
    },
    body: (usage) => ({
      id: head.id,
      object: 'chat.completion',
      created: head.created,
      model: head.model,
      choices: choices.map((choice, index) => ({
        index,
        message: messageOf(choice, (call) => callIdOf(index, call)),
        logprobs: choice.logprobs === null ? null : { content: choice.logprobs, refusal: null },
        finish_reason: choice.reason,
      })),
      usage: JSON.parse(usageJson(usage)) as unknown,
      system_fingerprint: head.fingerprint,
    }),
  };
}

function messageOf({ content, calls }: Collected, callIdOf: (call: number) => string): Record<string, unknown> {
  const shown = content.length === 0 && calls.length > 0 ? null : content;
  const message = { role: 'assistant', content: shown, refusal: null, annotations: [] };
  if (calls.length === 0) return message;
  return {
    ...message,
    tool_calls: calls.map((call, index) => ({ id: callIdOf(index), type: 'function', function: call })),
  };
}
