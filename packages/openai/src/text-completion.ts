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

export interface TextAccumulator {
  add(chunk: TextCompletion): void;
  completion(): TextCompletion | null;
  /** Releases the pieces of concatenated texts, at the cost of one copy. */
  flatten(): void;
}

/** Most choices of one answer; a server that sends more is in error, and the rest is ignored. */
const maxChoices = 128;

export function createTextAccumulator(): TextAccumulator {
  let whole: TextCompletion | null = null;
  const byIndex = new Map<number, TextChoice>();
  return {
    add(chunk) {
      whole ??= { id: chunk.id, object: 'text_completion', created: chunk.created, model: chunk.model, choices: [] };
      if (chunk.system_fingerprint !== undefined) whole.system_fingerprint = chunk.system_fingerprint;
      if (chunk.usage != null) whole.usage = chunk.usage;
      for (const part of chunk.choices) {
        const choice = byIndex.get(part.index);
        if (choice !== undefined) addToChoice(choice, part);
        else if (byIndex.size < maxChoices) byIndex.set(part.index, structuredClone(part));
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

export function mergeTextChunks(chunks: Iterable<TextCompletion>): TextCompletion | null {
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

function addToChoice(choice: TextChoice, part: TextChoice): void {
  choice.text += part.text;
  if (part.finish_reason != null) choice.finish_reason = part.finish_reason;
  if (part.logprobs == null) return;
  const { logprobs } = choice;
  if (logprobs === null) {
    choice.logprobs = structuredClone(part.logprobs);
    return;
  }
  logprobs.tokens.push(...part.logprobs.tokens);
  logprobs.token_logprobs.push(...part.logprobs.token_logprobs);
  logprobs.text_offset.push(...part.logprobs.text_offset);
  if (part.logprobs.top_logprobs !== null) {
    logprobs.top_logprobs = [...(logprobs.top_logprobs ?? []), ...part.logprobs.top_logprobs];
  }
}
