import type { AnswerDelta } from './answer.ts';
import { tokenComment, usageJson, type FrameHead, type Frames } from './frames.ts';
import { textLogprobs } from './text-logprobs.ts';

/**
 * The events of a streamed text completion.
 * @param echoes text that each choice begins with; empty for none.
 */
export function createTextFrames(head: FrameHead, echoes: readonly string[]): Frames {
  const open =
    `data: {"id":${JSON.stringify(head.id)},"object":"text_completion","created":${head.created}` +
    `,"model":${JSON.stringify(head.model)},"system_fingerprint":${JSON.stringify(head.fingerprint)},"choices":[`;
  const close = head.usageAsked ? '],"usage":null}\n\n' : ']}\n\n';
  /** Code units that each choice has sent, for the offsets of its log-probabilities. */
  const sent = echoes.map((echo) => echo.length);

  function frame(choice: number, text: string, logprobs: string, reason: string): string {
    return `${open}{"index":${choice},"text":${JSON.stringify(text)},"logprobs":${logprobs},"finish_reason":${reason}}${close}`;
  }

  function logprobsOf(choice: number, delta: AnswerDelta | null): string {
    if (delta === null) return 'null';
    const offset = sent[choice] ?? 0;
    sent[choice] = offset + delta.content.length;
    return delta.logprobs === null ? 'null' : JSON.stringify(textLogprobs(delta.logprobs, offset));
  }

  return {
    begin: (choice) => {
      const echo = echoes[choice] ?? '';
      return echo.length === 0 ? '' : frame(choice, echo, 'null', 'null');
    },
    delta: (choice, delta, tokenIds) =>
      tokenComment(choice, tokenIds) + frame(choice, delta.content, logprobsOf(choice, delta), 'null'),
    finish: (choice, reason, delta, tokenIds) =>
      tokenComment(choice, tokenIds) + frame(choice, delta?.content ?? '', logprobsOf(choice, delta), `"${reason}"`),
    usage: (usage) => `${open}],"usage":${usageJson(usage)}}\n\n`,
  };
}
