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

const fence = /^ {0,3}(`{3,}|~{3,})/;

/** The last closed code block of a Markdown text; null when there is none. Line by line: a text may open very many. */
export function lastCodeBlock(markdown: string): string | null {
  let last: string | null = null;
  let mark: string | null = null;
  let from = 0;
  for (let start = 0; start < markdown.length;) {
    const feed = markdown.indexOf('\n', start);
    const end = feed < 0 ? markdown.length : feed;
    const found = fence.exec(markdown.slice(start, end))?.[1] ?? null;
    if (mark === null && found !== null) {
      mark = found;
      from = end + 1;
    } else if (mark !== null && found?.startsWith(mark) === true && closes(markdown.slice(start, end))) {
      last = markdown.slice(from, Math.max(from, start - 1));
      mark = null;
    }
    start = end + 1;
  }
  return last;
}

/** A line that has nothing but its fence: one that names a language opens a block. */
function closes(line: string): boolean {
  return /^(?:`+|~+)$/.test(line.trim());
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
