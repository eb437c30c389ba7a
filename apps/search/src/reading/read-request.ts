/** What is asked of whoever reads a document, and how it travels there before the document's own bytes. */
export interface ReadRequest {
  readonly filename: string;
  readonly maxTokens: number;
  readonly overlapTokens: number;
  /** Number of the vector store, with which every lexeme begins. */
  readonly store: number;
  /** Position of the first chunk that is wanted: a large document is read in several segments. */
  readonly from: number;
}

const lengthBytes = 4;

/** The request as bytes: its length, then itself as JSON. */
export function encodeRequest(request: ReadRequest): Buffer {
  const text = Buffer.from(JSON.stringify(request));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, text]);
}

/** The request, and where the document begins behind it. */
export function decodeRequest(input: Buffer): { readonly request: ReadRequest; readonly dataAt: number } {
  const dataAt = lengthBytes + input.readUInt32LE(0);
  const request = JSON.parse(input.toString('utf8', lengthBytes, dataAt)) as ReadRequest;
  return { request, dataAt };
}
