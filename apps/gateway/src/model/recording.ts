import {
  createChatAccumulator,
  createTextAccumulator,
  dataOf,
  parseTokenIds,
  stripTokenComment,
  type ChatChunk,
  type ChatCompletion,
  type TextCompletion,
} from '@kumiki/openai';
import type { ModelPath } from './exchange.ts';
import { createFramePack } from './frame-pack.ts';

/** Frames are kept packed until they take this much; then they are read and only their content is kept. */
const compactAtBytes = 32_768;

/** The same by their number: reading them takes some milliseconds, during which the gateway does nothing else. */
const compactAtFrames = 1_024;

/** Growth of the answer after which its text is made one string again: the copies sum up to five times the text. */
const flattenGrowth = 1.25;

/** Tokens of one answer that are kept at most; an answer beyond it can no longer be continued. */
const maxRecordedTokens = 1_048_576;

/** Characters of one answer that are kept at most. */
const maxRecordedCharacters = 16_777_216;

/** What a client has of an answer. */
export interface Recorded {
  readonly completion: ChatCompletion | TextCompletion;
  /** Token ids by choice, as far as the upstream named them; null when it did not, or what followed came without. */
  readonly tokens: ReadonlyMap<number, readonly number[]> | null;
  /** Events that brought text: what comes nearest to tokens where the upstream names none. */
  readonly textEvents: number;
}

/**
 * Keeps what was sent, so that another replica can go on from exactly there. Nothing is decoded while all is well:
 * frames are kept packed and read when they are needed, or when there are many.
 */
export interface Recording {
  /** @param frame as it came, token comment included. It is copied. */
  add(frame: Uint8Array): void;
  /** From here on frames name no token ids: they come from a server that went on from text. */
  forgetTokens(): void;
  /** Null when nothing was sent, or when there was more than is kept. */
  read(): Recorded | null;
  readonly overflowed: () => boolean;
}

export function createRecording(path: ModelPath): Recording {
  const accumulator = path === '/v1/chat/completions' ? createChatAccumulator() : createTextAccumulator();
  const tokens = new Map<number, number[]>();
  const pending = createFramePack();
  let tokenCount = 0;
  let textEvents = 0;
  let characters = 0;
  let flattenedAt = 0;
  let tokensKnown = true;
  let overflowed = false;

  function read(frame: Uint8Array): void {
    const comment = stripTokenComment(frame);
    if (comment !== null) {
      const ids = parseTokenIds(comment.idBytes);
      const known = tokens.get(comment.choice);
      if (ids === null) tokensKnown = false;
      else if (known === undefined) tokens.set(comment.choice, ids);
      else for (const id of ids) known.push(id);
      tokenCount += ids?.length ?? 0;
    }
    const data = dataOf(comment?.rest ?? frame);
    if (data === null) return;
    characters += data.length;
    const chunk = JSON.parse(data) as ChatChunk | TextCompletion;
    accumulator.add(chunk as ChatChunk & TextCompletion);
    if (chunk.choices.some((choice) => ('delta' in choice ? choice.delta.content : choice.text))) textEvents++;
  }

  function compact(): void {
    const frames = pending.takeAll();
    if (overflowed) return;
    try {
      for (const frame of frames) read(frame);
      if (characters >= flattenGrowth * flattenedAt) {
        accumulator.flatten();
        flattenedAt = characters;
      }
    } catch {
      // A server that sends what is no JSON cannot be continued; its frames were relayed as they came.
      overflowed = true;
    }
    if (tokenCount > maxRecordedTokens || characters > maxRecordedCharacters) overflowed = true;
  }

  return {
    add(frame) {
      if (overflowed) return;
      pending.add(frame);
      if (pending.bytes() > compactAtBytes || pending.count() >= compactAtFrames) compact();
    },
    forgetTokens() {
      compact();
      tokensKnown = false;
      tokens.clear();
    },
    read() {
      compact();
      const completion = overflowed ? null : accumulator.completion();
      if (completion === null) return null;
      // A beginning that says nothing yet, the role alone, is of no token: none is missing.
      const named = tokens.size > 0 || completion.choices.every(isEmpty);
      return { completion, tokens: tokensKnown && named ? tokens : null, textEvents };
    },
    overflowed: () => overflowed,
  };
}

function isEmpty(choice: ChatCompletion['choices'][number] | TextCompletion['choices'][number]): boolean {
  if (choice.finish_reason !== null) return false;
  if (!('message' in choice)) return choice.text === '';
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls } = choice.message;
  return !content && !refusal && !reasoning && (calls?.length ?? 0) === 0;
}
