import { Marked, type Token } from 'marked';
import { markdownLimits } from './limits.ts';
import { mathExtension } from './math-extension.ts';

const marked = new Marked({ gfm: true, breaks: false }, mathExtension, {
  // A line that becomes a heading when `---` arrives below it would flicker; models write `#`.
  tokenizer: { lheading: () => undefined },
});

/** The blocks of a text, without a look at what is inside their lines; null where it is nested too deep. */
export function lexBlocks(text: string): readonly Token[] | null {
  try {
    return new marked.Lexer(marked.defaults).blockTokens(text, []);
  } catch {
    return null;
  }
}

/** The tokens of a text; null when it is nested or marked up beyond the limits. */
export function lexBlock(text: string): readonly Token[] | null {
  if (isHostile(text)) return null;
  try {
    return new marked.Lexer(marked.defaults).lex(text);
  } catch {
    // Nested too deep for the parser.
    return null;
  }
}

/** The characters that cost the parser most; cells of tables cost half. */
const marks: ReadonlyMap<string, number> = new Map('* _ ~ ` [ ] $ < \\'.split(' ').map((mark) => [mark, 1])).set(
  '|',
  0.5,
);

/** Text whose structure would cost more than it can be worth. */
export function isHostile(text: string): boolean {
  if (/^ {0,3}(?:`{3,}|~{3,})/.test(text)) return false;
  if (text.length > markdownLimits.blockCharacters) return true;
  let count = 0;
  for (const character of text) count += marks.get(character) ?? 0;
  if (count > markdownLimits.blockMarks) return true;
  return deepest(text) > markdownLimits.nesting;
}

/** Levels of quotes and lists that the line which is nested most has. */
function deepest(text: string): number {
  let most = 0;
  for (const [, lead = '', rest = ''] of text.matchAll(leads)) most = Math.max(most, levelsOf(lead, rest === ''));
  return most;
}

/** The markers at the beginning of a line that may nest it, and the character after them. */
const leads = /^([ \t>*+\-\d.)]+)(.?)/gm;
const indentedColumns = 2 * markdownLimits.nesting;

function levelsOf(lead: string, isWhole: boolean): number {
  // A rule such as `----------` or `* * *` is no nesting.
  if (isWhole && /^[ \t]{0,3}([*-])(?:[ \t]*\1)*[ \t]*$/.test(lead)) return 0;
  const marks = lead.match(/[>*+-]|\d[.)]/g)?.length ?? 0;
  const columns = lead.replaceAll('\t', '    ').match(/ /g)?.length ?? 0;
  return marks + Math.max(0, (columns - indentedColumns) / 2);
}

/** Whether a line alone is nested beyond what is read as Markdown. */
export function isDeepLine(line: string): boolean {
  return deepest(line) > markdownLimits.nesting;
}
