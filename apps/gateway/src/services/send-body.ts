import type { ClientRequest, IncomingMessage } from 'node:http';
import type { DeadlineWheel } from '../upstream/deadline-wheel.ts';

/** A body must bring this many bytes in every window of time, or end. 64 KiB in two minutes is a bad modem. */
const leastBytesPerWindow = 65_536;

export interface BodyOptions {
  readonly from: IncomingMessage;
  readonly to: ClientRequest;
  readonly wheel: DeadlineWheel;
  /** Largest body that is sent on. */
  readonly maxBytes: number;
  /** Window of time in which a body must make progress. */
  readonly windowMs: number;
  readonly onSent: () => void;
  readonly onTooSlow: () => void;
  /** The service has accepted nothing for a whole window. */
  readonly onStuck: () => void;
  readonly onTooLarge: () => void;
}

/**
 * Streams a request's body to the service, no faster than the service accepts it. Returns the function that stops it.
 */
export function sendBody(options: BodyOptions): () => void {
  const { from, to, wheel, windowMs } = options;
  let bytes = 0;
  let inWindow = 0;
  let blocked = false;
  let watch = wheel.arm(windowMs, check);

  function check(): void {
    // While the service accepts nothing, a slow body is not the client's fault.
    if (inWindow < leastBytesPerWindow && !blocked) return options.onTooSlow();
    if (inWindow === 0 && blocked) return options.onStuck();
    inWindow = 0;
    watch = wheel.arm(windowMs, check);
  }
  function onData(chunk: Buffer): void {
    bytes += chunk.length;
    inWindow += chunk.length;
    if (bytes > options.maxBytes) return options.onTooLarge();
    if (to.write(chunk)) return;
    blocked = true;
    from.pause();
    to.once('drain', onDrain);
  }
  function onDrain(): void {
    blocked = false;
    from.resume();
  }
  function onEnd(): void {
    stop();
    to.end();
    options.onSent();
  }
  function stop(): void {
    watch.clear();
    to.off('drain', onDrain);
    from.off('data', onData).off('end', onEnd);
  }

  from.on('data', onData).on('end', onEnd);
  from.resume();
  return stop;
}
