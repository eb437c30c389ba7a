/** Words that stand everywhere and show nothing. */
const common = new Set(
  'a an and are as at be by can do does for from has how i in is it my of on or that the this to was what when where which who why will with you'.split(
    ' ',
  ),
);
const latinWord = /^[\p{Script=Latin}\d]+$/u;
const shortHiragana = /^\p{Script=Hiragana}{1,2}$/u;
/** Endings of English words that mean the same without them. */
const ending = /(?:ies|es|s|ing|ed)$/;
const leastStem = 3;

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What of a query is worth marking: words as its language divides them, in one width and case. */
export function termsOf(query: string): string[] {
  const folded = query.normalize('NFKC').toLowerCase();
  const words = [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(folded)]
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment }) => segment)
    .filter((word) => !common.has(word) && !shortHiragana.test(word));
  return [...new Set(words.map(stemOf))];
}

function stemOf(word: string): string {
  if (!latinWord.test(word)) return word;
  const stem = word.replace(ending, '');
  return stem.length >= leastStem ? stem : word;
}

/** Where a text has the words of a query. Latin words count from their beginning and are marked to their end. */
export function findTerms(text: string, terms: readonly string[]): Range[] {
  const { folded, at } = fold(text);
  const ranges: Range[] = [];
  for (const term of terms) {
    const isLatin = latinWord.test(term);
    for (let from = folded.indexOf(term); from >= 0; from = folded.indexOf(term, from + term.length)) {
      if (isLatin && isWordPart(folded[from - 1])) continue;
      const to = isLatin ? endOfWord(folded, from + term.length) : from + term.length;
      ranges.push({ start: at[from] ?? 0, end: at[to] ?? text.length });
    }
  }
  return merge(ranges.toSorted((a, b) => a.start - b.start));
}

function endOfWord(text: string, from: number): number {
  let to = from;
  while (isWordPart(text[to])) to++;
  return to;
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{Script=Latin}\d]/u.test(character);
}

/** A text in one width and case, and where each of its units stood. */
function fold(text: string): { readonly folded: string; readonly at: readonly number[] } {
  let folded = '';
  const at: number[] = [];
  for (const { segment, index } of new Intl.Segmenter().segment(text)) {
    const piece = segment.normalize('NFKC').toLowerCase();
    folded += piece;
    for (let unit = 0; unit < piece.length; unit++) at.push(index);
  }
  return { folded, at };
}

function merge(ranges: readonly Range[]): Range[] {
  const merged: Range[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && range.start <= last.end) {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else merged.push(range);
  }
  return merged;
}
