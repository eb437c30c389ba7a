import { KumikiError } from '@kumiki/api';

/** An upload that sends nothing for this time is ended. */
const uploadSilenceMs = 30_000;
/** After this time, an upload must have reached the minimum average rate, since slower ones only block a slot. */
const graceMs = 30_000;
const leastBytesPerSecond = 4_096;

export interface Pace {
  readonly silenceMs: number;
  readonly graceMs: number;
  readonly leastBytesPerSecond: number;
}

const usualPace: Pace = { silenceMs: uploadSilenceMs, graceMs, leastBytesPerSecond };

/**
 * Passes pieces on as they come. Throws `request_timeout` when they come too slowly; time that this process is busy
 * does not count.
 */
export async function* watchPace(
  source: AsyncIterable<Uint8Array>,
  pace: Pace = usualPace,
): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  let bytes = 0;
  let waitedMs = 0;
  for (;;) {
    const began = performance.now();
    const next = await withinMs(pieces.next(), pace.silenceMs);
    waitedMs += performance.now() - began;
    if (next.done === true) return;
    bytes += next.value.length;
    if (waitedMs > pace.graceMs && bytes < (pace.leastBytesPerSecond * waitedMs) / 1_000) {
      throw new KumikiError('request_timeout', { limitMs: Math.round((bytes / pace.leastBytesPerSecond) * 1_000) });
    }
    yield next.value;
  }
}

async function withinMs<Value>(work: Promise<Value>, limitMs: number): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new KumikiError('request_timeout', { limitMs })), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
