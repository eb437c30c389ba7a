import type { ChatChunk, ChatChunkChoice, ChatCompletion, ChatDelta, ToolCallDelta } from './chat-types.ts';
import { callIndexOf, contentOf, reasoningOf } from './read-delta.ts';
import { createReplayedText, type ReplayedText } from './replayed-text.ts';
import type { TextChoice, TextCompletion } from './text-completion.ts';
import type { Usage } from './usage.ts';

export interface RewriteOptions {
  /**
   * `prefill`: the new server continues after the text that it was given, which its usage counts as prompt. `replay`:
   * it starts over, and what the client already has is compared and skipped.
   */
  readonly mode: 'prefill' | 'replay';
  /** Tokens that the first server had counted as completion, for `prefill`'s usage; null when unknown. */
  readonly completionTokensBefore: number | null;
}

export type Rewritten<Chunk> =
  | { readonly outcome: 'show'; readonly chunk: Chunk }
  /** It contains nothing new for the client. */
  | { readonly outcome: 'skip' }
  /** The new server's answer differs from what the client has. The stream cannot continue there. */
  | { readonly outcome: 'diverged'; readonly reason: string };

export interface ChunkRewriter<Chunk> {
  rewrite(chunk: Chunk): Rewritten<Chunk>;
}

/** Thrown deep inside a rewrite and converted into its outcome `diverged`. */
class Diverged extends Error {}

/** @param shown what the client already has, from the accumulator. */
export function createChatRewriter(shown: ChatCompletion, options: RewriteOptions): ChunkRewriter<ChatChunk> {
  const replayed = new Map(shown.choices.map((choice) => [choice.index, createReplayedChoice(shown, choice.index)]));
  const finished = new Set(
    shown.choices.filter((choice) => choice.finish_reason !== null).map((choice) => choice.index),
  );

  function rewriteChoice(part: ChatChunkChoice): ChatChunkChoice | null {
    if (finished.has(part.index)) return null;
    const known = replayed.get(part.index);
    if (known === undefined) return part;
    const { role: _shownBefore, ...rest } = part.delta;
    const delta = options.mode === 'prefill' ? rest : skipShown(rest, known);
    if (options.mode === 'replay' && part.finish_reason != null) requirePassed(textsOf(known));
    return isEmpty(delta) && part.finish_reason == null ? null : { ...part, delta };
  }

  return {
    rewrite: (chunk) =>
      rewriteWhole(shown, options, chunk, () => chunk.choices.map(rewriteChoice).filter((part) => part !== null)),
  };
}

export function createTextRewriter(shown: TextCompletion, options: RewriteOptions): ChunkRewriter<TextCompletion> {
  const replayed = new Map(shown.choices.map((choice) => [choice.index, createReplayedText(choice.text)]));
  const finished = new Set(
    shown.choices.filter((choice) => choice.finish_reason !== null).map((choice) => choice.index),
  );

  function rewriteChoice(part: TextChoice): TextChoice | null {
    if (finished.has(part.index)) return null;
    const known = replayed.get(part.index);
    if (known === undefined || options.mode === 'prefill') return part;
    const text = skipText(part.text, known);
    if (part.finish_reason != null) requirePassed([known]);
    return text === '' && part.finish_reason == null ? null : { ...part, text };
  }

  return {
    rewrite: (chunk) =>
      rewriteWhole(shown, options, chunk, () => chunk.choices.map(rewriteChoice).filter((part) => part !== null)),
  };
}

/** The part that chat and text chunks share: identity, usage, and whether anything new is left. */
function rewriteWhole<Choice, Chunk extends { choices: readonly Choice[]; usage?: Usage | null }>(
  shown: { id: string; created: number; model: string },
  options: RewriteOptions,
  chunk: Chunk,
  rewriteChoices: () => Choice[],
): Rewritten<Chunk> {
  try {
    const choices = rewriteChoices();
    if (choices.length === 0 && chunk.choices.length > 0) return { outcome: 'skip' };
    const { id, created, model } = shown;
    const usage = chunk.usage == null ? {} : { usage: wholeUsage(chunk.usage, options) };
    return { outcome: 'show', chunk: { ...chunk, id, created, model, choices, ...usage } };
  } catch (error) {
    if (error instanceof Diverged) return { outcome: 'diverged', reason: error.message };
    throw error;
  }
}

/** With `prefill`, the new server counts what the first one generated as prompt. */
function wholeUsage(usage: Usage, options: RewriteOptions): Usage {
  const before = options.mode === 'prefill' ? (options.completionTokensBefore ?? 0) : 0;
  const moved = Math.min(before, usage.prompt_tokens);
  return {
    ...usage,
    prompt_tokens: usage.prompt_tokens - moved,
    completion_tokens: usage.completion_tokens + moved,
  };
}

interface ReplayedChoice {
  readonly content: ReplayedText;
  readonly refusal: ReplayedText;
  readonly reasoning: ReplayedText;
  readonly calls: readonly { readonly name: string; readonly arguments: ReplayedText }[];
  /** Calls that the new server has begun. */
  replayedCalls: number;
}

function createReplayedChoice(shown: ChatCompletion, index: number): ReplayedChoice {
  const message = shown.choices.find((choice) => choice.index === index)?.message;
  return {
    content: createReplayedText(message?.content ?? ''),
    refusal: createReplayedText(message?.refusal ?? ''),
    reasoning: createReplayedText(message?.reasoning_content ?? ''),
    calls: (message?.tool_calls ?? []).map((call) => ({
      name: call.function.name,
      arguments: createReplayedText(call.function.arguments),
    })),
    replayedCalls: 0,
  };
}

/** The part of a delta that the client does not have. */
function skipShown(delta: ChatDelta, known: ReplayedChoice): ChatDelta {
  const rest: { -readonly [Key in keyof ChatDelta]: ChatDelta[Key] } = {};
  const content = contentOf(delta);
  if (content !== null) rest.content = skipText(content, known.content);
  if (delta.refusal != null) rest.refusal = skipText(delta.refusal, known.refusal);
  const reasoning = reasoningOf(delta);
  if (reasoning !== null) rest.reasoning_content = skipText(reasoning, known.reasoning);
  if (delta.tool_calls != null) {
    rest.tool_calls = delta.tool_calls.map((call) => skipCall(call, known)).filter((call) => call !== null);
  }
  return rest;
}

function skipCall(call: ToolCallDelta, known: ReplayedChoice): ToolCallDelta | null {
  const index = callIndexOf(call, known.replayedCalls);
  known.replayedCalls = Math.max(known.replayedCalls, index + 1);
  const shown = known.calls[index];
  if (shown === undefined) return call;
  const name = call.function?.name;
  if (name !== undefined && name !== '' && !shown.name.startsWith(name))
    throw new Diverged('another function is called');
  const rest = skipText(call.function?.arguments ?? '', shown.arguments);
  return rest === '' ? null : { index, function: { arguments: rest } };
}

function textsOf(known: ReplayedChoice): ReplayedText[] {
  return [known.content, known.refusal, known.reasoning, ...known.calls.map((call) => call.arguments)];
}

/** An answer that ends before the part that the client has is a different answer. */
function requirePassed(texts: readonly ReplayedText[]): void {
  if (!texts.every((text) => text.isPassed())) throw new Diverged('asked again, the server ended its answer earlier');
}

function skipText(text: string, known: ReplayedText): string {
  const rest = known.skip(text);
  if (rest === null) throw new Diverged('asked again, the server gave another text');
  return rest;
}

function isEmpty(delta: ChatDelta): boolean {
  return !delta.content?.length && !delta.refusal && !reasoningOf(delta) && (delta.tool_calls?.length ?? 0) === 0;
}
