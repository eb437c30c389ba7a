import { flattenText } from './flatten-text.ts';
import type { Usage } from './usage.ts';

/** The wire shapes of `/v1/completions`. Its chunks have the shape of whole completions. */
export interface TextLogprobs {
  tokens: string[];
  token_logprobs: (number | null)[];
  top_logprobs: (Record<string, number> | null)[] | null;
  text_offset: number[];
}

export interface TextChoice {
  index: number;
  text: string;
  finish_reason: 'stop' | 'length' | 'content_filter' | null;
  logprobs: TextLogprobs | null;
}

export interface TextCompletion {
  id: string;
  object: 'text_completion';
  created: number;
  model: string;
  choices: TextChoice[];
  usage?: Usage | null;
  system_fingerprint?: string;
}

/**
 * A choice as a server streams it. Members may be absent, and llama-server's log-probabilities have the form of a chat's,
 * which is not kept.
 */
export interface TextChoicePart {
  readonly index: number;
  readonly text?: string | null;
  readonly finish_reason?: TextChoice['finish_reason'];
  readonly logprobs?: Partial<TextLogprobs> | { readonly content: unknown } | null;
}

/** A chunk of a stream, or a whole completion. */
export type TextChunk = Omit<TextCompletion, 'choices'> & { readonly choices: readonly TextChoicePart[] };

export interface TextAccumulator {
  add(chunk: TextChunk): void;
  completion(): TextCompletion | null;
  /** Releases the pieces of concatenated texts, at the cost of one copy. */
  flatten(): void;
}

/** Most choices of one answer; a server that sends more is in error, and the rest is ignored. */
const maxChoices = 128;

export function createTextAccumulator(): TextAccumulator {
  let whole: TextCompletion | null = null;
  const byIndex = new Map<number, TextChoice>();

  function choiceOf(index: number): TextChoice | null {
    const known = byIndex.get(index);
    if (known !== undefined) return known;
    if (byIndex.size >= maxChoices) return null;
    const choice: TextChoice = { index, text: '', finish_reason: null, logprobs: null };
    byIndex.set(index, choice);
    return choice;
  }

  return {
    add(chunk) {
      whole ??= { id: chunk.id, object: 'text_completion', created: chunk.created, model: chunk.model, choices: [] };
      if (chunk.system_fingerprint !== undefined) whole.system_fingerprint = chunk.system_fingerprint;
      if (chunk.usage != null) whole.usage = chunk.usage;
      for (const part of chunk.choices) {
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
      for (const { text } of byIndex.values()) flattenText(text);
    },
  };
}

export function mergeTextChunks(chunks: Iterable<TextChunk>): TextCompletion | null {
  const accumulator = createTextAccumulator();
  for (const chunk of chunks) accumulator.add(chunk);
  return accumulator.completion();
}

/** The chunks of a stream for this answer: the text and the finish of each choice, then the usage if asked. */
export function splitTextCompletion(
  completion: TextCompletion,
  options: { includeUsage?: boolean } = {},
): TextCompletion[] {
  const includeUsage = options.includeUsage ?? false;
  const { usage, ...rest } = completion;
  const base = { ...rest, ...(includeUsage ? { usage: null } : {}) };
  const chunks: TextCompletion[] = completion.choices.flatMap((choice) => [
    { ...base, choices: [{ ...choice, finish_reason: null }] },
    { ...base, choices: [{ index: choice.index, text: '', finish_reason: choice.finish_reason, logprobs: null }] },
  ]);
  if (includeUsage && usage != null) chunks.push({ ...base, choices: [], usage });
  return chunks;
}

function addToChoice(choice: TextChoice, part: TextChoicePart): void {
  choice.text += part.text ?? '';
  if (part.finish_reason != null) choice.finish_reason = part.finish_reason;
  if (part.logprobs != null && 'tokens' in part.logprobs) {
    choice.logprobs ??= { tokens: [], token_logprobs: [], top_logprobs: null, text_offset: [] };
    addLogprobs(choice.logprobs, part.logprobs);
  }
}

function addLogprobs(to: TextLogprobs, part: Partial<TextLogprobs>): void {
  for (const token of part.tokens ?? []) to.tokens.push(token);
  for (const logprob of part.token_logprobs ?? []) to.token_logprobs.push(logprob);
  for (const offset of part.text_offset ?? []) to.text_offset.push(offset);
  if (part.top_logprobs == null) return;
  to.top_logprobs ??= [];
  for (const top of part.top_logprobs) to.top_logprobs.push(top && { ...top });
}
