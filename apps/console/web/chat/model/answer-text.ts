import { listMember, type ResponseBody, textMember } from './turn.ts';

/** The answer's text as it was written: all its messages, in order. */
export function answerText(response: Pick<ResponseBody, 'output'>): string {
  return response.output
    .filter(({ type }) => type === 'message')
    .map((item) => partsText(listMember(item, 'content')))
    .join('\n\n');
}

function partsText(parts: readonly unknown[]): string {
  return parts.map((part) => textMember(part, 'text') || textMember(part, 'refusal')).join('');
}

/** The last closed code block of a Markdown text; null when there is none. */
export function lastCodeBlock(markdown: string): string | null {
  let last: string | null = null;
  for (const match of markdown.matchAll(/^ {0,3}(`{3,}|~{3,})[^\n]*\n([\s\S]*?)\n? {0,3}\1[ \t]*$/gm))
    last = match[2] ?? null;
  return last;
}

const words = new Map<string, Intl.Segmenter>();

/** Words of a text in its language; Japanese has no spaces to count. Long texts are counted by their beginning. */
export function countWords(text: string, locale: string): number {
  let segmenter = words.get(locale);
  if (segmenter === undefined) {
    segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
    words.set(locale, segmenter);
  }
  let count = 0;
  for (const { isWordLike } of segmenter.segment(text.slice(0, countedCharacters))) if (isWordLike === true) count++;
  return count;
}

const countedCharacters = 20_000;
