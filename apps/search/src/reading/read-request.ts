/** A request to a reader, which is sent before the document's bytes. */
export interface ReadRequest {
  readonly filename: string;
  readonly maxTokens: number;
  readonly overlapTokens: number;
  /** Number of the vector store, the prefix of every lexeme. */
  readonly store: number;
  /** Position of the first requested chunk; a large document is read in several segments. */
  readonly from: number;
}

const lengthBytes = 4;

/** The request as bytes: its length, then JSON. */
export function encodeRequest(request: ReadRequest): Buffer {
  const text = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}

/** The request, and the offset of the document after it. */
export function decodeRequest(input: Buffer): { readonly request: ReadRequest; readonly dataAt: number } {
  const dataAt = lengthBytes + input.readUInt32LE(0);
  const request = JSON.parse(input.toString('utf8', lengthBytes, dataAt)) as ReadRequest;
  return { request, dataAt };
}
