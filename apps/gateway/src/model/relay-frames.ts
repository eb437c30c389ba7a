import { parseTimings, timingsCommentPrefix, tokenCommentPrefix, type Timings } from '@kumiki/api';
import {
  createFrameSplitter,
  dataOf,
  isBlank,
  isComment,
  isDone,
  isUsageOnlyChunk,
  maxFrameBytes,
  usageOf,
  withoutNullUsage,
  type Usage,
} from '@kumiki/openai';
import type { ClientStream } from './client-stream.ts';
import { errorInAnswer, errorKey } from './error-in-answer.ts';
import { failed, type Outcome } from './outcome.ts';
import type { Recording } from './recording.ts';

const colon = 0x3a;
const lineFeed = 0x0a;
const usageKey = Buffer.from('"usage":{');

/** Rewrites the data of one frame, for a stream that continues at a server that does not know its beginning. */
export type FrameRewrite = (data: string) => { readonly show: Uint8Array | null } | { readonly diverged: string };

export interface RelayOptions {
  readonly client: ClientStream;
  readonly recording: Recording;
  /** The gateway asked for usage and the client did not: usage is read and not relayed. */
  readonly hideUsage: boolean;
  /** Null relays frames unchanged. */
  readonly rewrite: FrameRewrite | null;
  /** The reader gets token comments too. */
  readonly showTokens: boolean;
  /** Called before each event; what it returns is sent before the event, null for nothing. */
  readonly takeNotice: () => Uint8Array | null;
  readonly onUsage: (usage: Usage) => void;
  /** The server has reported its timings. */
  readonly onTimings: (timings: Timings) => void;
  /** An event has gone to the client. */
  readonly onEvent: () => void;
}

export interface FrameRelay {
  /** Null until the stream ends. */
  push(chunk: Uint8Array): Outcome | null;
}

/** Relays whole events from an upstream to the client, unchanged where possible. */
export function createFrameRelay(options: RelayOptions): FrameRelay {
  const { client, recording, hideUsage, showTokens, rewrite } = options;
  const splitter = createFrameSplitter();
  const toShow: Uint8Array[] = [];

  function show(shown: Uint8Array, recorded: Uint8Array): void {
    recording.add(recorded);
    const notice = options.takeNotice();
    if (notice !== null) toShow.push(notice);
    toShow.push(shown);
    options.onEvent();
  }

  /** Sends the frames of one read in one write. */
  function writeShown(): void {
    if (toShow.length === 0) return;
    client.write(toShow);
    toShow.length = 0;
  }

  function relay(frame: Uint8Array): Outcome | null {
    const event = eventOf(frame);
    if (event === null) return null;
    if (isDone(event)) {
      const timings = event === frame ? null : timingsOf(frame);
      if (timings !== null) options.onTimings(timings);
      return { kind: 'done' };
    }
    if (Buffer.prototype.indexOf.call(event, errorKey) !== -1) {
      const error = errorInAnswer(dataOf(event) ?? '');
      if (error !== null) return error;
    }
    // Only the last chunk of a stream has a usage object; searching for its bytes is far cheaper than parsing.
    if (Buffer.prototype.indexOf.call(event, usageKey) !== -1) {
      const usage = usageOf(event);
      if (usage !== null) options.onUsage(usage);
      if (hideUsage && rewrite === null && isUsageOnlyChunk(event)) return null;
    }
    if (rewrite !== null) return relayRewritten(event, rewrite);
    const shown = showTokens ? frame : event;
    show(hideUsage ? withoutNullUsage(shown) : shown, frame);
    return null;
  }

  function relayRewritten(event: Uint8Array, rewriteData: FrameRewrite): Outcome | null {
    const data = dataOf(event);
    if (data === null) return null;
    const result = rewriteData(data);
    if ('diverged' in result) return failed('diverged', result.diverged);
    if (result.show === null) return null;
    if (hideUsage && isUsageOnlyChunk(result.show)) return null;
    show(hideUsage ? withoutNullUsage(result.show) : result.show, result.show);
    return null;
  }

  return {
    push(chunk) {
      const frames = splitter.push(chunk);
      if (frames === 'frame_too_large')
        return failed('protocol_error', `an event was larger than ${maxFrameBytes} bytes`);
      let outcome: Outcome | null = null;
      for (const frame of frames) {
        outcome = relay(frame);
        if (outcome !== null) break;
      }
      writeShown();
      if (outcome?.kind === 'done') client.finish();
      return outcome;
    },
  };
}

/** A frame without its leading comment line; null when it is all comment. */
export function eventOf(frame: Uint8Array): Uint8Array | null {
  if (frame[0] !== colon) return frame;
  if (frame[2] !== tokenCommentPrefix.charCodeAt(2) && isComment(frame)) return null;
  const end = frame.indexOf(lineFeed);
  const rest = end === -1 ? frame : frame.subarray(end + 1);
  return isBlank(rest) || isComment(rest) ? null : rest;
}

/** The timings in the comment line at the beginning of a frame; null when it is another comment. */
function timingsOf(frame: Uint8Array): Timings | null {
  const line = Buffer.from(frame.subarray(0, frame.indexOf(lineFeed))).toString('latin1');
  return line.startsWith(timingsCommentPrefix) ? parseTimings(line.slice(timingsCommentPrefix.length)) : null;
}
