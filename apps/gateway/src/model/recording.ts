import {
  contentOf,
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

/** Packed frames are parsed when they exceed this size; then only their content is kept. */
const compactAtBytes = 32_768;

/** The same by number of frames: parsing them blocks the gateway for some milliseconds. */
const compactAtFrames = 1_024;

/** Growth after which the text is flattened into one string: the copies add up to five times the text. */
const flattenGrowth = 1.25;

/** Most tokens of one answer that are kept. A longer answer can no longer be continued. */
const maxRecordedTokens = 1_048_576;

/** Most characters of one answer that are kept. */
const maxRecordedCharacters = 16_777_216;

/** The part of an answer that a client has. */
export interface Recorded {
  readonly completion: ChatCompletion | TextCompletion;
  /** Token ids by choice; null when a part of the answer came without them. */
  readonly tokens: ReadonlyMap<number, readonly number[]> | null;
  /** Events with text: the best estimate of the tokens when the upstream names none. */
  readonly textEvents: number;
}

/**
 * Keeps what was sent, so that another replica can continue from exactly there. Frames are kept packed and parsed only when
 * they are needed or when there are many, so nothing is decoded in the usual case.
 */
export interface Recording {
  /** @param frame as it arrived, token comment included. It is copied. */
  add(frame: Uint8Array): void;
  /** From here on frames have no token ids, since they come from a server that continued from text. */
  forgetTokens(): void;
  /** Null when nothing was sent, or more than is kept. */
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
    if (chunk.choices?.some((choice) => ('delta' in choice ? contentOf(choice.delta) : choice.text))) textEvents++;
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
      // Frames that are not JSON were relayed unchanged, and cannot be continued.
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
      // A beginning without text, such as the role alone, has no tokens, so none are missing.
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
