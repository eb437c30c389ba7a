import { stemmer } from 'stemmer';
import { stopTerms } from './stop-terms.ts';

/** Longer words are data; only their beginning is indexed. */
const wordCharacterLimit = 64;
const cjk = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\u30FC';
const letter = `[[\\p{L}\\p{M}\\p{N}_]--[${cjk}]]`;
const words = new RegExp(`[${cjk}]+|${letter}+(?:['’.\\-]${letter}+)*`, 'gv');
const startsCjk = new RegExp(`^[${cjk}]`, 'v');
/** A final long vowel mark of a katakana word of at least three letters; キー is kept. */
const longVowel = /(?<=[\p{Script=Katakana}ー]{2})ー(?![\p{Script=Katakana}ー])/gu;
const thousands = /(?<=\d),(?=\d{3}(?!\d))/g;
/** Between the parts of max_tokens, max-tokens, maxTokens and HTTPServer. */
const partBreak = /[_.-]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;

/**
 * The search terms of a text, in order and with repetitions, the same for documents and queries. NFKC, lower case,
 * English stems (Porter), bigrams for scripts without blanks, identifiers whole and in parts; stop terms are dropped.
 * @param mostCharacters that are read, counted after NFKC, which expands some ligatures to 18 letters.
 */
export function termsOf(text: string, mostCharacters = Number.POSITIVE_INFINITY): string[] {
  const terms: string[] = [];
  const normalized = text.toWellFormed().normalize('NFKC').slice(0, mostCharacters);
  for (const [word] of normalized.replaceAll(thousands, '').matchAll(words)) {
    if (startsCjk.test(word)) addBigrams(word, terms);
    else addWord(word.slice(0, wordCharacterLimit).toWellFormed(), terms);
  }
  return terms.filter((term) => term !== '' && !stopTerms.has(term));
}

function addBigrams(run: string, terms: string[]): void {
  let previous = '';
  let count = 0;
  for (const character of run.replaceAll(longVowel, '')) {
    if (count++ > 0) terms.push(previous + character);
    previous = character;
  }
  if (count === 1) terms.push(previous);
}

function addWord(word: string, terms: string[]): void {
  // The most frequent case.
  if (/^[A-Z]?[a-z]+$/.test(word)) {
    terms.push(stemOf(word));
    return;
  }
  const bare = word.replace(/['’]s$/i, '').replaceAll(/['’]/g, '');
  const parts = bare.split(partBreak).filter((part) => part !== '');
  if (parts.length === 1) terms.push(stemOf(parts[0] ?? ''));
  if (parts.length <= 1) return;
  terms.push(plain(withoutUnderscores(bare)));
  // In 3.22.1 the single digits are useless as terms.
  for (const part of parts) if (part.length > 1 && !/^\p{N}+$/u.test(part)) terms.push(stemOf(part));
}

/** Without underscores at both ends. */
function withoutUnderscores(word: string): string {
  let from = 0;
  let to = word.length;
  while (word[from] === '_') from++;
  while (to > from && word[to - 1] === '_') to--;
  return word.slice(from, to);
}

/** Lower case without accents. */
function plain(word: string): string {
  const lower = word.toLowerCase();
  return /^[\x20-\x7E]*$/.test(lower) ? lower : lower.normalize('NFD').replaceAll(/[\u0300-\u036F]/g, '');
}

/** Cache of stems: words repeat, and a look-up is ten times as fast as stemming. */
const stems = new Map<string, string>();
const stemsLimit = 20_000;

function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const lower = plain(word);
  const stem = /^[a-z]+$/.test(lower) ? stemmer(lower) : lower;
  if (stems.size >= stemsLimit) stems.clear();
  stems.set(word, stem);
  return stem;
}
