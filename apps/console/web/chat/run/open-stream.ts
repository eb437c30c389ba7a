import { ApiError } from '../../api/api-error.ts';
import { type CallOptions, sendApi } from '../../api/call-api.ts';
import { readEvents } from '../../api/read-events.ts';

/** A stream that is quiet for longer is dead: the server gives a sign of life every ten seconds. */
const silenceMs = 35_000;

export interface OpenStream {
  readonly events: AsyncIterable<string>;
  readonly requestId: string | null;
}

/**
 * Sends a request whose reply is a stream of events. A stream that is silent for too long, as after the machine slept,
 * is aborted.
 */
export async function openStream(
  path: string,
  options: CallOptions & { readonly signal: AbortSignal },
): Promise<OpenStream> {
  const silence = new AbortController();
  let timer = setTimeout(giveUp, silenceMs);
  function giveUp(): void {
    silence.abort(new ApiError('Nothing was heard for too long.', { code: 'stream_broken' }));
  }
  const heard = (): void => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, silenceMs);
  };
  try {
    const signal = AbortSignal.any([options.signal, silence.signal]);
    const response = await sendApi(path, { ...options, signal });
    heard();
    return {
      events: watched(readEvents(response, heard), () => clearTimeout(timer)),
      requestId: response.headers.get('x-request-id'),
    };
  } catch (error) {
    clearTimeout(timer);
    throw error;
  }
}

async function* watched(events: AsyncGenerator<string>, end: () => void): AsyncGenerator<string> {
  try {
    yield* events;
  } finally {
    end();
  }
}
