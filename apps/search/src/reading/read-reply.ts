/** A chunk of a document, ready to be stored but for its vector. */
export interface ReadChunk {
  readonly text: string;
  readonly page: number | null;
  readonly headings: readonly string[];
  readonly termCount: number;
  /** As PostgreSQL reads a `tsvector`. */
  readonly terms: string;
}

/** The last line of a reply. */
export type ReadEnd =
  | {
      readonly ok: true;
      readonly format: string;
      /** Chunks of the whole document. */
      readonly total: number;
      /** From where the next segment goes on; null when this was the last. */
      readonly next: number | null;
    }
  | {
      readonly ok: false;
      /** `elsewhere`: another reader must be asked. The rest is for the owner of the file. */
      readonly code: 'unsupported_file' | 'invalid_file' | 'elsewhere';
      readonly message: string;
    };

/**
 * What became of one segment of a document. Batches stay bytes until they are needed: whoever takes them has one of them
 * at a time as objects.
 */
export interface Segment {
  readonly end: ReadEnd;
  readonly batches: readonly Uint8Array[];
}

export function encodeBatch(chunks: readonly ReadChunk[]): string {
  return `${JSON.stringify(chunks)}\n`;
}

/** An empty line ends a reply: whoever reads it need not wait for its writer to go. */
export function encodeEnd(end: ReadEnd): string {
  return `${JSON.stringify(end)}\n\n`;
}

export function endsReply(last: Uint8Array, before: Uint8Array | undefined): boolean {
  return last.at(-1) === 0x0a && (last.length > 1 ? last.at(-2) : before?.at(-1)) === 0x0a;
}

export function decodeBatch(line: Uint8Array): readonly ReadChunk[] {
  return JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.byteLength).toString()) as ReadChunk[];
}

/** Cuts a reply at its line feeds, of which JSON has none inside. null when it is not whole. */
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

/** What its reader could not finish, in words for its owner. */
export function refuse(message: string): Segment {
  return { end: { ok: false, code: 'invalid_file', message }, batches: [] };
}

export const crashed = 'The document made its parser crash. It is probably damaged.';
