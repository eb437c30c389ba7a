import type { ChatDelta, ContentPart, ToolCallDelta } from './chat-types.ts';

/** The text of a chunk's delta; null when it has none. */
export function contentOf({ content }: ChatDelta): string | null {
  return content == null || typeof content === 'string' ? (content ?? null) : textOf(content);
}

/** The thoughts of a chunk's delta, in any of the forms in which servers send them; null when it has none. */
export function reasoningOf({ reasoning_content: named, reasoning, content }: ChatDelta): string | null {
  if (named != null || reasoning != null || content == null || typeof content === 'string')
    return named ?? reasoning ?? null;
  const thoughts = content.flatMap(({ thinking }): readonly (ContentPart | string)[] =>
    typeof thinking === 'string' ? [thinking] : (thinking ?? []),
  );
  return thoughts.length === 0 ? null : textOf(thoughts);
}

function textOf(parts: readonly (ContentPart | string)[]): string | null {
  const texts = parts
    .map((part) => (typeof part === 'string' ? part : part.text))
    .filter((text) => typeof text === 'string');
  return texts.length === 0 ? null : texts.join('');
}

/**
 * The place of a call among the calls of its answer. Some servers send every call whole and without an index: there, a part
 * with a name begins the next call.
 * @param calls how many calls the answer has so far.
 */
export function callIndexOf({ index, function: part }: ToolCallDelta, calls: number): number {
  return index ?? (part?.name != null || calls === 0 ? calls : calls - 1);
}
