import { callIndexOf, type ChatChunk, contentOf, reasoningOf, type ToolCallDelta, type Usage } from '@kumiki/openai';
import { ApiError } from '../api/api-error.ts';
import { sendApi } from '../api/call-api.ts';
import { readEvents } from '../api/read-events.ts';
import type { ChatBody } from './playground-request.ts';

export interface ToolCall {
  readonly name: string;
  readonly arguments: string;
}

/** How far the answer of one model is. Times are milliseconds since it was asked. */
export interface Answer {
  readonly state: 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';
  readonly text: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCall[];
  readonly firstMs: number | null;
  /** When the newest piece came. */
  readonly lastMs: number | null;
  readonly totalMs: number | null;
  /** As counted by the model; before it says so, null. */
  readonly usage: Usage | null;
  /** Pieces that have come. */
  readonly pieces: number;
  readonly finish: string | null;
  readonly error: unknown;
}

const nothingYet: Answer = {
  state: 'waiting',
  text: '',
  reasoning: '',
  toolCalls: [],
  firstMs: null,
  lastMs: null,
  totalMs: null,
  usage: null,
  pieces: 0,
  finish: null,
  error: null,
};

/** Asks a model, and reports every change of its answer. Never throws; aborting keeps the partial answer. */
export async function streamAnswer(
  body: ChatBody,
  signal: AbortSignal,
  onChange: (answer: Answer) => void,
): Promise<void> {
  const began = performance.now();
  let answer = nothingYet;
  const set = (changes: Partial<Answer>): void => {
    answer = { ...answer, ...changes };
    onChange(answer);
  };
  const since = (): number => performance.now() - began;
  set({});
  try {
    const reply = await sendApi('/v1/chat/completions', {
      body: { ...body, stream: true, stream_options: { include_usage: true } },
      signal,
    });
    for await (const data of readEvents(reply)) {
      const chunk = JSON.parse(data) as ChatChunk & { readonly error?: { message?: string; code?: string } };
      if (chunk.error !== undefined) {
        throw new ApiError(chunk.error.message ?? '', { code: chunk.error.code ?? 'stream_broken' });
      }
      set(take(answer, chunk, since()));
    }
    const isWhole = answer.finish !== null;
    if (!isWhole) throw new ApiError('The stream ended before the answer did.', { code: 'stream_broken' });
    set({ state: 'done', totalMs: since() });
  } catch (error) {
    if (signal.aborted) set({ state: 'stopped', totalMs: since() });
    else set({ state: 'failed', totalMs: since(), error });
  }
}

function take(before: Answer, chunk: ChatChunk, ms: number): Partial<Answer> {
  const choice = chunk.choices[0];
  const usage = chunk.usage ?? before.usage;
  if (choice === undefined) return { usage };
  const { delta, finish_reason: finish } = choice;
  const text = contentOf(delta) ?? '';
  const reasoning = reasoningOf(delta) ?? '';
  const calls = delta.tool_calls ?? [];
  const isPiece = text !== '' || reasoning !== '' || calls.length > 0;
  return {
    state: 'streaming',
    text: before.text + text,
    reasoning: before.reasoning + reasoning,
    toolCalls: calls.reduce(addCall, before.toolCalls),
    firstMs: before.firstMs ?? (isPiece ? ms : null),
    lastMs: isPiece ? ms : before.lastMs,
    pieces: before.pieces + (isPiece ? 1 : 0),
    finish: finish ?? before.finish,
    usage,
  };
}

function addCall(calls: readonly ToolCall[], delta: ToolCallDelta): readonly ToolCall[] {
  const index = callIndexOf(delta, calls.length);
  const { function: part } = delta;
  const before = calls[index] ?? { name: '', arguments: '' };
  const after = { name: before.name + (part?.name ?? ''), arguments: before.arguments + (part?.arguments ?? '') };
  return index < calls.length ? calls.with(index, after) : [...calls, after];
}

/** Pieces within a shorter time arrived together, which gives no usable speed. */
const leastSpanMs = 50;

/** Tokens per second after the first one; null while unknown. */
export function tokensPerSecond({
  usage,
  pieces,
  firstMs,
  lastMs,
}: Pick<Answer, 'usage' | 'pieces' | 'firstMs' | 'lastMs'>): number | null {
  const tokens = usage?.completion_tokens ?? pieces;
  if (firstMs === null || lastMs === null || tokens < 2 || lastMs - firstMs < leastSpanMs) return null;
  return ((tokens - 1) * 1_000) / (lastMs - firstMs);
}
