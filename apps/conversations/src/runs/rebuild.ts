import { setImmediate as turn } from 'node:timers/promises';
import type { ChatChunk } from '@kumiki/openai';
import { createFrameSplitter, dataOf, maxFrameBytes } from '@kumiki/openai';
import { AnswerMachine } from '../answer/answer-machine.ts';
import { wantsLogprobs } from '../prompt/build-chat.ts';
import type { Prepared, RunRecord } from './run.ts';
import { wantsSearch } from './wants-search.ts';

/** A parsed frame of the model's stream. */
export type ReadFrame =
  | { readonly kind: 'chunk'; readonly chunk: ChatChunk }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly code: string | null; readonly message: string }
  /** A comment or an unknown frame: it gives no events. */
  | { readonly kind: 'nothing' };

export function readFrame(frame: Uint8Array): ReadFrame {
  const data = dataOf(frame);
  if (data === null) return { kind: 'nothing' };
  if (data === '[DONE]') return { kind: 'done' };
  try {
    const value = JSON.parse(data) as Partial<ChatChunk> & { error?: { code?: unknown; message?: unknown } };
    if (value.error !== undefined) {
      const { code, message } = value.error;
      return {
        kind: 'error',
        code: typeof code === 'string' ? code : null,
        message: typeof message === 'string' ? message : 'it failed',
      };
    }
    return Array.isArray(value.choices) ? { kind: 'chunk', chunk: value as ChatChunk } : { kind: 'nothing' };
  } catch {
    return { kind: 'nothing' };
  }
}

/** A machine at the start of a run. */
export function newMachine(run: Pick<RunRecord, 'request' | 'response'>): AnswerMachine {
  return new AnswerMachine({
    response: run.response,
    includeLogprobs: wantsLogprobs(run.request.include),
    includeResults: run.request.include?.includes('file_search_call.results') === true,
  });
}

/** Bytes of frames that are processed before yielding the thread: a few milliseconds of work. */
const sliceBytes = 131_072;

/**
 * Rebuilds the machine from the stored frames; it gives every event again. Yields the thread in between, since an
 * answer may have many megabytes.
 */
export async function rebuildMachine(
  run: Pick<RunRecord, 'request' | 'response'>,
  prepared: Prepared | null,
  frames: string,
): Promise<AnswerMachine> {
  const machine = newMachine(run);
  machine.open();
  machine.start();
  if (wantsSearch(run.request)) machine.searchBegins();
  if (prepared?.search != null) {
    machine.searchEnds(prepared.search.queries, prepared.search.results, prepared.search.passages);
  }
  const bytes = Buffer.from(frames);
  const splitter = createFrameSplitter(Math.max(maxFrameBytes, bytes.length));
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    if (at > 0) await turn();
    const split = splitter.push(bytes.subarray(at, at + sliceBytes));
    for (const frame of split === 'frame_too_large' ? [] : split) {
      const read = readFrame(frame);
      if (read.kind === 'chunk') machine.feed(read.chunk);
    }
  }
  return machine;
}
