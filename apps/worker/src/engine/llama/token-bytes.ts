/** Bits of llama.cpp's token attributes. */
const attribute = { unknown: 1, control: 8, userDefined: 16, byte: 32 } as const;

export function isControlAttribute(attributes: number): boolean {
  return (attributes & (attribute.control | attribute.unknown)) !== 0;
}

/** Whether the tokenizer matches the token's text before all other rules. */
export function isWholeText(attributes: number): boolean {
  return isControlAttribute(attributes) || (attributes & attribute.userDefined) !== 0;
}

/** Bits of tokens that remove white space before or after them. */
const stripping = 128 | 256;

export function mayStripBlanks(attributes: number): boolean {
  return (attributes & stripping) !== 0;
}

/** How a vocabulary spells bytes: `bpe` as GPT-2's printable stand-ins, `spm` with ▁ for a space and `<0x0A>`. */
export type VocabularyKind = 'bpe' | 'spm' | 'other';

export interface TokenSpelling {
  readonly text: string;
  readonly attributes: number;
}

/**
 * The bytes that a token stands for, read from its spelling in the vocabulary: the detokeniser returns text, which
 * cannot represent a token that is half a character. Control tokens stand for nothing.
 */
export function bytesOfToken(kind: VocabularyKind, token: TokenSpelling): Uint8Array {
  if (isControlAttribute(token.attributes)) return new Uint8Array(0);
  if ((token.attributes & attribute.userDefined) !== 0) return Buffer.from(token.text, 'utf8');
  if (kind === 'bpe') return fromByteLevel(token.text);
  if (kind === 'spm') return fromSentencePiece(token);
  return Buffer.from(token.text, 'utf8');
}

function fromByteLevel(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const byte = byteOfStandIn.get(character);
    if (byte === undefined) bytes.push(...Buffer.from(character, 'utf8'));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function fromSentencePiece(token: TokenSpelling): Uint8Array {
  const hex = /^<0x([0-9A-Fa-f]{2})>$/.exec(token.text)?.[1];
  if (hex !== undefined) return Uint8Array.of(Number.parseInt(hex, 16));
  return Buffer.from(token.text.replaceAll('▁', ' '), 'utf8');
}

/** GPT-2's table: printable Latin-1 stands for itself, the other 68 bytes for U+0100 onwards, in order. */
const byteOfStandIn: ReadonlyMap<string, number> = makeByteTable();

function makeByteTable(): Map<string, number> {
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    table.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return table;
}
