import type { FinishReason, TokenLogprob } from './answer.ts';
import type { Collector } from './collector.ts';
import { usageJson, type FrameHead } from './frames.ts';
import { textLogprobs } from './text-logprobs.ts';

/**
 * A whole text completion.
 * @param echoes text that each choice begins with; empty for none.
 */
export function createTextCollector(head: FrameHead, echoes: readonly string[]): Collector {
  const choices = echoes.map((echo) => ({
    text: echo,
    logprobs: null as TokenLogprob[] | null,
    reason: 'stop' as FinishReason,
  }));
  return {
    delta(index, delta) {
      const choice = choices[index];
      if (choice === undefined) return;
      choice.text += delta.content;
      if (delta.logprobs !== null) (choice.logprobs ??= []).push(...delta.logprobs);
    },
    finish(index, reason) {
      const choice = choices[index];
      if (choice !== undefined) choice.reason = reason;
    },
    body: (usage) => ({
      id: head.id,
      object: 'text_completion',
      created: head.created,
      model: head.model,
      choices: choices.map(({ text, logprobs, reason }, index) => ({
        text,
        index,
        logprobs: logprobs === null ? null : textLogprobs(logprobs, 0),
        finish_reason: reason,
      })),
      usage: JSON.parse(usageJson(usage)) as unknown,
      system_fingerprint: head.fingerprint,
    }),
  };
}
