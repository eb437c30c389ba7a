import type { SampledToken } from '../engine/engine.ts';
import { createStopMatcher } from './stop-matcher.ts';
import { createTokenDecoder, tokenText, type TokenTexts } from './token-decoder.ts';
import { createToolCallParser, type ToolEvent } from './tool-call-parser.ts';

export type FinishReason = 'stop' | 'length' | 'tool_calls';

export interface TokenLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly {
    readonly token: string;
    readonly logprob: number;
    readonly bytes: readonly number[];
  }[];
}

export interface ToolCallPart {
  readonly index: number;
  /** Only in a call's first part. */
  readonly name: string | null;
  readonly arguments: string;
}

/** What one token adds to the answer that a client sees. */
export interface AnswerDelta {
  readonly content: string;
  readonly toolCalls: readonly ToolCallPart[];
  readonly logprobs: readonly TokenLogprob[] | null;
}

export interface AnswerOptions {
  readonly texts: TokenTexts;
  readonly stops: readonly string[];
  /** null when text in the form of a tool call stays text. */
  readonly tools: { readonly names: ReadonlySet<string>; readonly maxCalls: number } | null;
  readonly maxTokens: number;
  readonly logprobs: boolean;
}

/**
 * One answer, from sampled tokens to what a client sees: incomplete characters are joined, stop strings cut off, tool
 * calls parsed. A pure function of the tokens, with at most one delta for each token: replaying the same tokens leads
 * to the same state, so another worker can continue the answer.
 */
export interface Answer {
  /** Takes a token and returns the delta that it adds, or null. Must not be called after the answer has finished. */
  push(sampled: SampledToken): AnswerDelta | null;
  /** To be called when the engine generates no more tokens. Returns the text that was held back. */
  end(reason: 'stop' | 'length'): AnswerDelta | null;
  readonly tokens: number;
  readonly finishReason: FinishReason | null;
}

export function createAnswer(options: AnswerOptions): Answer {
  const decoder = createTokenDecoder(options.texts);
  const matcher = createStopMatcher(options.stops);
  const parser = options.tools === null ? null : createToolCallParser(options.tools);
  const logprobs = options.logprobs ? createLogprobQueue(options.texts) : null;
  const queue: ToolEvent[] = [];
  let tokens = 0;
  let finishReason: FinishReason | null = null;

  /** Gives the text to the parser and collects the delta: everything that is left when the answer has finished. */
  function emit(text: string): AnswerDelta | null {
    logprobs?.show(text.length);
    if (parser === null) {
      return text.length === 0 ? null : { content: text, toolCalls: [], logprobs: logprobs?.take() ?? null };
    }
    parser.push(text, queue);
    if (parser.done) finishReason = 'tool_calls';
    if (finishReason !== null) {
      parser.end(queue);
      if (finishReason === 'stop' && parser.completeCalls > 0) finishReason = 'tool_calls';
    }
    const parts = takeEvents(queue, finishReason !== null);
    return parts === null ? null : { ...parts, logprobs: logprobs?.take() ?? null };
  }

  function flushText(): string {
    const text = matcher.push(decoder.flush());
    return matcher.stopped ? text : text + matcher.flush();
  }

  return {
    get tokens() {
      return tokens;
    },
    get finishReason() {
      return finishReason;
    },
    push(sampled) {
      tokens += 1;
      const decoded = decoder.push(sampled.token);
      logprobs?.add(sampled, decoded.length);
      let text = matcher.push(decoded);
      if (!matcher.stopped && tokens >= options.maxTokens) {
        text += flushText();
        finishReason = 'length';
      }
      if (matcher.stopped) finishReason = 'stop';
      return emit(text);
    },
    end(reason) {
      const text = flushText();
      finishReason = matcher.stopped ? 'stop' : reason;
      return emit(text);
    },
  };
}

/**
 * Takes events off the queue for one delta. A call's name ends the delta, so that its first part has no arguments yet,
 * as clients expect; the arguments follow with the next token. At the end all events go into one delta.
 */
function takeEvents(queue: ToolEvent[], all: boolean): Pick<AnswerDelta, 'content' | 'toolCalls'> | null {
  if (queue.length === 0) return null;
  let content = '';
  let taken = 0;
  const toolCalls: { index: number; name: string | null; arguments: string }[] = [];
  for (const event of queue) {
    taken += 1;
    if (event.kind === 'content') {
      content += event.text;
    } else if (event.kind === 'call') {
      toolCalls.push({ index: event.index, name: event.name, arguments: '' });
      if (!all) break;
    } else {
      const part = toolCalls.find(({ index }) => index === event.index);
      if (part === undefined) toolCalls.push({ index: event.index, name: null, arguments: event.text });
      else part.arguments += event.text;
    }
  }
  queue.splice(0, taken);
  return { content, toolCalls };
}

interface LogprobQueue {
  /** A token whose text begins where the decoded text ended so far. */
  add(sampled: SampledToken, textLength: number): void;
  /** Reports that this many more characters have passed the stop matcher. */
  show(textLength: number): void;
  /** The entries of tokens whose text has begun to be shown. Those of a stop string never are. */
  take(): TokenLogprob[];
}

function createLogprobQueue(texts: TokenTexts): LogprobQueue {
  const waiting: { start: number; entry: TokenLogprob }[] = [];
  let decoded = 0;
  let shown = 0;
  return {
    add(sampled, textLength) {
      waiting.push({ start: decoded, entry: describe(texts, sampled) });
      decoded += textLength;
    },
    show(textLength) {
      shown += textLength;
    },
    take() {
      let count = 0;
      while ((waiting[count]?.start ?? Infinity) < shown) count += 1;
      return waiting.splice(0, count).map(({ entry }) => entry);
    },
  };
}

/** What the API shows for a probability of zero. */
const leastLogprob = -9_999;

function describe(texts: TokenTexts, sampled: SampledToken): TokenLogprob {
  const one = (token: number, logprob: number | null): Omit<TokenLogprob, 'top_logprobs'> => ({
    token: tokenText(texts, token),
    logprob: Math.max(leastLogprob, logprob ?? leastLogprob),
    bytes: [...texts.bytesOf(token)],
  });
  return {
    ...one(sampled.token, sampled.logprob),
    top_logprobs: sampled.top.map(({ token, logprob }) => one(token, logprob)),
  };
}
