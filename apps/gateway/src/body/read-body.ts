import type { IncomingMessage } from 'node:http';
import type { Deadline } from '../upstream/deadline-wheel.ts';

export type ReadBody =
  | { readonly outcome: 'complete'; readonly body: Buffer }
  /** By its content-length, before a byte was read, or while counting. What is left of it is unread: see {@link drainBody}. */
  | { readonly outcome: 'too_large'; readonly limitBytes: number }
  /** Its time was over before it was whole. What is left of it is unread. */
  | { readonly outcome: 'too_slow' }
  /** The client went away before the body was whole. */
  | { readonly outcome: 'aborted' };

/**
 * Reads a request's body into one Buffer.
 * @param arm starts the time that it may take; without it there is no limit, and the caller destroys the request, which
 *   gives `aborted`.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  arm?: (onLate: () => void) => Deadline,
): Promise<ReadBody> {
  // node:http has refused a length that is no number, and one beside a transfer-encoding.
  const declared = request.headers['content-length'];
  if (declared !== undefined && Number(declared) > limitBytes)
    return Promise.resolve({ outcome: 'too_large', limitBytes });
  if (request.destroyed) return Promise.resolve({ outcome: 'aborted' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const deadline = arm?.(() => {
      request.pause();
      finish({ outcome: 'too_slow' });
    });
    const finish = (result: ReadBody): void => {
      deadline?.clear();
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limitBytes) {
        request.pause();
        finish({ outcome: 'too_large', limitBytes });
      } else {
        chunks.push(chunk);
      }
    };
    const onEnd = (): void => {
      const only = chunks.length === 1 ? chunks[0] : undefined;
      finish({ outcome: 'complete', body: only ?? Buffer.concat(chunks, bytes) });
    };
    const onClose = (): void => finish({ outcome: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    // Stays for good: a connection that breaks while nobody listens must not be an uncaught error.
    request.on('error', ignore);
  });
}

/** `close` follows every error of a request and tells all that matters. */
function ignore(): void {}

/** Most bytes that are read and thrown away so that a client that is still sending can read its refusal. */
const maxDrainBytes = 67_108_864;

/**
 * Reads and throws away what is left of a body.
 * @returns whether its end was reached; if not, the connection must be closed after the reply.
 */
export function drainBody(request: IncomingMessage, limitBytes: number = maxDrainBytes): Promise<boolean> {
  if (request.complete || request.destroyed) return Promise.resolve(request.complete);
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > limitBytes) return Promise.resolve(false);
  return new Promise((resolve) => {
    let bytes = 0;
    const finish = (ended: boolean): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      resolve(ended);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= limitBytes) return;
      request.pause();
      finish(false);
    };
    const onEnd = (): void => finish(true);
    const onClose = (): void => finish(false);
    request.on('error', ignore).on('data', onData).on('end', onEnd).on('close', onClose);
    request.resume();
  });
}
