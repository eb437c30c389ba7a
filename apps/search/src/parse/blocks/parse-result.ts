/** A piece of a document in reading order. */
export interface ParsedBlock {
  readonly kind: 'heading' | 'text' | 'code' | 'table';
  readonly text: string;
  /** Of a heading, 1 to 6. */
  readonly level: number | null;
  /** Where the format knows pages, from 1. */
  readonly page: number | null;
}

/** What became of one document. The messages are for the person who uploaded it. */
export type ParseResult =
  | { readonly ok: true; readonly format: string; readonly blocks: readonly ParsedBlock[] }
  | {
      readonly ok: false;
      readonly code: UnreadableCode;
      readonly message: string;
    };

/** `elsewhere`: of a format that is not read here. */
type UnreadableCode = 'unsupported_file' | 'invalid_file' | 'elsewhere';

/** Ends the parsing of a document from anywhere within; caught where parsing starts, never seen beyond. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: UnreadableCode;

  constructor(message: string, code: UnreadableCode = 'invalid_file') {
    super(message);
    this.code = code;
  }
}
