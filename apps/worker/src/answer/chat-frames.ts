import type { AnswerDelta } from './answer.ts';
import { tokenComment, usageJson, type FrameHead, type Frames } from './frames.ts';

/**
 * The events of a streamed chat completion.
 * @param callIdOf a tool call's id; the same for the same call, so that a continued answer keeps it.
 */
export function createChatFrames(head: FrameHead, callIdOf: (choice: number, call: number) => string): Frames {
  const open =
    `data: {"id":${JSON.stringify(head.id)},"object":"chat.completion.chunk","created":${head.created}` +
    `,"model":${JSON.stringify(head.model)},"system_fingerprint":${JSON.stringify(head.fingerprint)},"choices":[`;
  const close = head.usageAsked ? '],"usage":null}\n\n' : ']}\n\n';
  const prefixes: string[] = [];
  const prefix = (choice: number): string => (prefixes[choice] ??= `${open}{"index":${choice},"delta":`);
  const middle = `,"logprobs":null,"finish_reason":null}${close}`;

  return {
    begin: (choice) => `${prefix(choice)}{"role":"assistant","content":"","refusal":null}${middle}`,
    delta(choice, delta, tokenIds) {
      const comment = tokenComment(choice, tokenIds);
      if (delta.toolCalls.length === 0 && delta.logprobs === null) {
        return `${comment}${prefix(choice)}{"content":${JSON.stringify(delta.content)}}${middle}`;
      }
      const body = deltaJson(delta, (call) => callIdOf(choice, call));
      return `${comment}${prefix(choice)}${body},"logprobs":${logprobsJson(delta)},"finish_reason":null}${close}`;
    },
    finish(choice, reason, delta, tokenIds) {
      const body = delta === null ? '{}' : deltaJson(delta, (call) => callIdOf(choice, call));
      const logprobs = delta === null ? 'null' : logprobsJson(delta);
      const end = `,"logprobs":${logprobs},"finish_reason":"${reason}"}${close}`;
      return tokenComment(choice, tokenIds) + prefix(choice) + body + end;
    },
    usage: (usage) => `${open}],"usage":${usageJson(usage)}}\n\n`,
  };
}

function deltaJson(delta: AnswerDelta, callIdOf: (call: number) => string): string {
  const calls = delta.toolCalls.map((part) =>
    part.name === null
      ? { index: part.index, function: { arguments: part.arguments } }
      : {
          index: part.index,
          id: callIdOf(part.index),
          type: 'function',
          function: { name: part.name, arguments: part.arguments },
        },
  );
  const content = delta.content.length > 0 || calls.length === 0 ? { content: delta.content } : {};
  return JSON.stringify(calls.length === 0 ? content : { ...content, tool_calls: calls });
}

function logprobsJson(delta: AnswerDelta): string {
  return delta.logprobs === null ? 'null' : JSON.stringify({ content: delta.logprobs, refusal: null });
}
