/** A piece of a document in reading order. */
export interface ParsedBlock {
  readonly kind: 'heading' | 'text' | 'code' | 'table';
  readonly text: string;
  /** 1 to 6 for a heading. */
  readonly level: number | null;
  /** From 1, for formats with pages. */
  readonly page: number | null;
}

/** The result of parsing a document. The messages are for the person who uploaded it. */
export type ParseResult =
  | { readonly ok: true; readonly format: string; readonly blocks: readonly ParsedBlock[] }
  | {
      readonly ok: false;
      readonly code: UnreadableCode;
      readonly message: string;
    };

/** `elsewhere`: the format is not parsed in this place. */
type UnreadableCode = 'unsupported_file' | 'invalid_file' | 'elsewhere';

/** Aborts parsing from any depth; caught where parsing starts. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly code: UnreadableCode;

  constructor(message: string, code: UnreadableCode = 'invalid_file') {
    super(message);
    this.code = code;
  }
}
