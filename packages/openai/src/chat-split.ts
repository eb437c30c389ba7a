import type { ChatChoice, ChatChunk, ChatChunkChoice, ChatCompletion } from './chat-types.ts';

/**
 * The chunks of a stream for this answer: role, text, tool calls and finish of each choice, then the usage if asked.
 */
export function splitCompletion(completion: ChatCompletion, options: { includeUsage?: boolean } = {}): ChatChunk[] {
  const includeUsage = options.includeUsage ?? false;
  const base = {
    id: completion.id,
    object: 'chat.completion.chunk' as const,
    created: completion.created,
    model: completion.model,
    ...(completion.system_fingerprint === undefined ? {} : { system_fingerprint: completion.system_fingerprint }),
    ...(completion.service_tier === undefined ? {} : { service_tier: completion.service_tier }),
    ...(includeUsage ? { usage: null } : {}),
  };
  const chunks: ChatChunk[] = completion.choices.flatMap((choice) =>
    splitChoice(choice).map((part) => ({ ...base, choices: [part] })),
  );
  if (includeUsage && completion.usage !== undefined) chunks.push({ ...base, choices: [], usage: completion.usage });
  return chunks;
}

function splitChoice(choice: ChatChoice): ChatChunkChoice[] {
  const { index, message, logprobs } = choice;
  const part = (delta: ChatChunkChoice['delta']): ChatChunkChoice => ({
    index,
    delta,
    finish_reason: null,
    logprobs: null,
  });
  const parts = [part({ role: message.role, ...(message.content === null ? {} : { content: '' }) })];
  if (message.reasoning_content !== undefined) parts.push(part({ reasoning_content: message.reasoning_content }));
  if (message.content !== null) parts.push(part({ content: message.content }));
  if (message.refusal !== null) parts.push(part({ refusal: message.refusal }));
  for (const [at, call] of (message.tool_calls ?? []).entries()) {
    const head = {
      index: at,
      id: call.id,
      type: 'function' as const,
      function: { name: call.function.name, arguments: '' },
    };
    parts.push(
      part({ tool_calls: [head] }),
      part({ tool_calls: [{ index: at, function: { arguments: call.function.arguments } }] }),
    );
  }
  parts.push({ index, delta: {}, finish_reason: choice.finish_reason, logprobs });
  return parts;
}
