/**
 * The simulated model's tokens: every byte; a few pairs of bytes that begin Japanese characters and emoji, so that
 * tokens contain parts of characters, as in real models; three control tokens; made-up words with a space before them.
 */
export interface Vocabulary {
  tokenize(text: string, special: boolean): number[];
  bytesOf(token: number): Uint8Array;
  /** The most bytes that one token stands for. */
  readonly longestTokenBytes: number;
  /** Ids of the words; they are contiguous. */
  readonly firstWord: number;
  readonly words: number;
}

export const startToken = 256;
export const endToken = 257;
const controls = new Map([
  ['<|im_start|>', startToken],
  ['<|im_end|>', endToken],
  ['<|endoftext|>', 258],
]);
const pairs: readonly (readonly [number, number])[] = [
  [0xe3, 0x81],
  [0xe3, 0x82],
  [0xe3, 0x83],
  [0xe6, 0x9c],
  [0xf0, 0x9f],
];
const firstPair = 259;
/** The beginning of every answer. */
const phrases = ['Simulated', ' answer'];
const firstPhrase = 264;
const firstWord = 512;
/** More words than this would not improve the text and would slow the start. */
const mostWords = 8_192;

const onsets = ['b', 'd', 'f', 'g', 'h', 'k', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'y', 'z'];
const rimes = ['a', 'an', 'ar', 'e', 'el', 'en', 'i', 'il', 'in', 'o', 'on', 'or', 'u', 'um', 'un', 'us'];
const syllables = onsets.length * rimes.length;

/** The word of a number: two syllables for the first 65,536, so that no two are equal. */
function wordOf(index: number): string {
  const first = index % syllables;
  const second = (Math.floor(index / syllables) * 7 + first * 3) % syllables;
  return ` ${syllable(first)}${syllable(second)}`;
}

function syllable(index: number): string {
  return (onsets[index % onsets.length] ?? '') + (rimes[Math.floor(index / onsets.length)] ?? '');
}

/** @param size number of token ids, at least 512; those above 512 are words. */
export function createVocabulary(size: number): Vocabulary {
  const encoder = new TextEncoder();
  const words = Math.max(1, Math.min(mostWords, size - firstWord));
  const ids = new Map<string, number>();
  const bytes: Uint8Array[] = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  for (const [index, pair] of pairs.entries()) bytes[firstPair + index] = Uint8Array.from(pair);
  for (const [index, phrase] of phrases.entries()) {
    ids.set(phrase, firstPhrase + index);
    bytes[firstPhrase + index] = encoder.encode(phrase);
  }
  for (let index = 0; index < words; index++) {
    const word = wordOf(index);
    if (!ids.has(word)) ids.set(word, firstWord + index);
    bytes[firstWord + index] = encoder.encode(word);
  }
  const none = new Uint8Array();

  function pushBytes(text: string, out: number[]): void {
    const encoded = encoder.encode(text);
    for (let place = 0; place < encoded.length; place++) {
      const byte = encoded[place] ?? 0;
      const pair = byte < 0xc0 ? -1 : pairs.findIndex(([a, b]) => a === byte && b === encoded[place + 1]);
      out.push(pair < 0 ? byte : firstPair + pair);
      if (pair >= 0) place += 1;
    }
  }

  return {
    firstWord,
    words,
    longestTokenBytes: bytes.reduce((longest, of) => Math.max(longest, of.length), 1),
    bytesOf: (token) => bytes[token] ?? none,
    tokenize(text, special) {
      const out: number[] = [];
      for (const piece of text.split(special ? /(<\|im_start\|>|<\|im_end\|>|<\|endoftext\|>)/ : /(?!)/)) {
        const control = special ? controls.get(piece) : undefined;
        if (control !== undefined) {
          out.push(control);
          continue;
        }
        for (const part of piece.match(/ [a-z]+|[^ ]+| /g) ?? []) {
          const word = ids.get(part);
          if (word === undefined) pushBytes(part, out);
          else out.push(word);
        }
      }
      return out;
    },
  };
}
