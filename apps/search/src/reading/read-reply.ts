/** A chunk of a document, complete except for its vector. */
export interface ReadChunk {
  readonly text: string;
  readonly page: number | null;
  readonly headings: readonly string[];
  readonly termCount: number;
  /** In the text form of `tsvector`. */
  readonly terms: string;
}

/** The last line of a reply. */
export type ReadEnd =
  | {
      readonly ok: true;
      readonly format: string;
      /** Number of chunks of the whole document. */
      readonly total: number;
      /** First chunk of the next segment; null when this was the last. */
      readonly next: number | null;
    }
  | {
      readonly ok: false;
      /** `elsewhere`: another reader must parse it. The other codes are for the owner of the file. */
      readonly code: 'unsupported_file' | 'invalid_file' | 'elsewhere';
      readonly message: string;
    };

/**
 * The outcome of one segment of a document. Batches stay bytes until they are needed, so that only one at a time is
 * parsed into objects.
 */
export interface Segment {
  readonly end: ReadEnd;
  readonly batches: readonly Uint8Array[];
}

export function encodeBatch(chunks: readonly ReadChunk[]): string {
  return `${JSON.stringify(chunks)}\n`;
}

/** An empty line ends a reply, so that its receiver does not wait for the process to exit. */
export function encodeEnd(end: ReadEnd): string {
  return `${JSON.stringify(end)}\n\n`;
}

export function endsReply(last: Uint8Array, before: Uint8Array | undefined): boolean {
  return last.at(-1) === 0x0a && (last.length > 1 ? last.at(-2) : before?.at(-1)) === 0x0a;
}

export function decodeBatch(line: Uint8Array): readonly ReadChunk[] {
  return JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString()) as ReadChunk[];
}

/** Splits a reply at its line feeds, which JSON does not contain. null when it is incomplete. */
export function splitReply(reply: Buffer): Segment | null {
  if (!endsReply(reply, undefined)) return null;
  const lines: Uint8Array[] = [];
  for (let from = 0; from < reply.length - 1;) {
    const to = reply.indexOf(0x0a, from);
    lines.push(reply.subarray(from, to));
    from = to + 1;
  }
  const last = lines.pop();
  if (last === undefined) return null;
  return { end: JSON.parse(Buffer.from(last).toString()) as ReadEnd, batches: lines };
}

/** The outcome when the reader could not finish; the message is for the owner of the file. */
export function refuse(message: string): Segment {
  return { end: { ok: false, code: 'invalid_file', message }, batches: [] };
}

export const crashed = 'The document made its parser crash. It is probably damaged.';
