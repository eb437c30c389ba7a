/**
 * Decodes tokens to text. A token may contain part of a character, so incomplete bytes are held back. The text of each
 * token that is complete by itself is cached, since nearly every token is.
 */
export interface TokenDecoder {
  /** The text that this token completes; empty while a character is incomplete. */
  push(token: number): string;
  /** What is held back, as replacement characters. */
  flush(): string;
}

export interface TokenTexts {
  readonly bytesOf: (token: number) => Uint8Array;
  /** The text of a token that is complete by itself, null for one that is not. Grows to the size of the vocabulary. */
  readonly whole: Map<number, string | null>;
}

export function createTokenTexts(bytesOf: (token: number) => Uint8Array): TokenTexts {
  return { bytesOf, whole: new Map() };
}

export function createTokenDecoder(texts: TokenTexts): TokenDecoder {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let pending = false;
  return {
    push(token) {
      if (!pending) {
        const text = wholeText(texts, token);
        if (text !== null) return text;
      }
      decoder ??= new TextDecoder('utf-8', { ignoreBOM: true });
      const bytes = texts.bytesOf(token);
      if (bytes.length === 0) return '';
      const text = decoder.decode(bytes, { stream: true });
      // After a token that completes a character, either nothing is pending or the beginning of the next character.
      pending = endsInsideCharacter(bytes, pending);
      return text;
    },
    flush() {
      pending = false;
      return decoder === null ? '' : decoder.decode();
    },
  };
}

/** The text of one token alone, with replacement characters for bytes that are not text. */
export function tokenText(texts: TokenTexts, token: number): string {
  return wholeText(texts, token) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(texts.bytesOf(token));
}

function wholeText(texts: TokenTexts, token: number): string | null {
  const known = texts.whole.get(token);
  if (known !== undefined) return known;
  let text: string | null = null;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(texts.bytesOf(token));
  } catch {
    // Part of a character: the stream's decoder joins it with its neighbours.
  }
  texts.whole.set(token, text);
  return text;
}

/**
 * Whether the decoder may hold back bytes after these. A wrong `true` only makes the next token take the slow path; a
 * wrong `false` would lose bytes.
 */
function endsInsideCharacter(bytes: Uint8Array, before: boolean): boolean {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return false;
    if (byte >= 0xc0) return back < characterLength(byte);
  }
  return bytes.length < 4 && before;
}

function characterLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}
