import type { EventStream } from './event-stream.ts';

/**
 * Comments on silent streams, so that a reader can distinguish a slow answer from a dead worker: they are sent while
 * the engine makes progress, and stop when it stalls.
 */
export interface Heartbeat {
  add(stream: EventStream): void;
  delete(stream: EventStream): void;
  stop(): void;
}

export interface HeartbeatOptions {
  /** Whether the engine has recently finished a step, or has no work. */
  readonly moving: () => boolean;
}

const tickMs = 250;
/** A stream is silent after this time: with the tick, a comment comes at least every second. */
const silentAfterMs = 700;

export function createHeartbeat({ moving }: HeartbeatOptions): Heartbeat {
  const streams = new Set<EventStream>();

  function beat(): void {
    if (streams.size === 0 || !moving()) return;
    const now = performance.now();
    for (const stream of streams) if (stream.opened && now - stream.lastWriteAt >= silentAfterMs) stream.ping();
  }

  const timer = setInterval(beat, tickMs);
  timer.unref();
  return {
    add: (stream) => void streams.add(stream),
    delete: (stream) => void streams.delete(stream),
    stop: () => clearInterval(timer),
  };
}
