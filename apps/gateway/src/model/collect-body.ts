/**
 * Largest reply that is no event stream. It is held back until it is complete, so that a failure in the middle can be
 * retried.
 */
export const maxReplyBytes = 134_217_728;

/** Largest error body that is read. */
export const maxErrorBytes = 65_536;

export interface Collector {
  /** False when the chunk did not fit and was not taken. */
  add(chunk: Buffer): boolean;
  body(): Buffer;
}

export function createCollector(limitBytes: number): Collector {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add(chunk) {
      if (bytes + chunk.length > limitBytes) return false;
      bytes += chunk.length;
      chunks.push(chunk);
      return true;
    },
    body: () => (chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, bytes)),
  };
}
