import type { FinishReason, TokenLogprob } from '../answer/answer.ts';
import { usageJson, type FrameHead } from '../answer/frames.ts';
import type { Collector } from '../http/reply-answers.ts';
import { textLogprobs } from './text-logprobs.ts';

/** A whole text completion. */
export function createTextCollector(head: FrameHead, count: number, echoes: readonly string[]): Collector {
  const choices = Array.from({ length: count }, (_, index) => ({
    text: echoes[index] ?? '',
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
