import type { MarkedExtension, Tokens } from 'marked';

/** A formula. `closed` is false while its end has not come. */
export interface MathToken extends Tokens.Generic {
  readonly type: 'math';
  readonly text: string;
  readonly display: boolean;
  readonly closed: boolean;
}

const blockForms = [/^ {0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n|$)/, /^ {0,3}\\\[([\s\S]+?)\\\][ \t]*(?:\n|$)/];
/** One that ends with the text: the rest of it is on its way. */
const openForm = /^ {0,3}(?:\$\$|\\\[)((?:[^\n]|\n(?!\n))*)$/;

/**
 * `$` begins a formula only where no blank follows it, and ends one only where no blank is before it and no digit after it,
 * so that prices stay prices.
 */
const inlineForms = [
  { form: /^\$\$([^\n]+?)\$\$/, display: true },
  { form: /^\$((?:\\[^\n]|[^\s\\$\n])(?:(?:\\[^\n]|[^\\$\n])*?[^\s\\$\n])?)\$(?![\d$])/, display: false },
  { form: /^\\\(([^\n]+?)\\\)/, display: false },
  { form: /^\\\[([^\n]+?)\\\]/, display: true },
];

const blockStart = /(?:^|\n) {0,3}(?:\$\$|\\\[)/;

/** Marked asks for each paragraph where the next formula begins: looking further than its end would make that quadratic. */
function firstParagraph(source: string): string {
  const end = source.indexOf('\n\n');
  return end === -1 ? source : source.slice(0, end);
}

function token(raw: string, text: string, display: boolean, closed: boolean): MathToken {
  return { type: 'math', raw, text: text.trim(), display, closed };
}

export const mathExtension: MarkedExtension = {
  extensions: [
    {
      name: 'math',
      level: 'block',
      start: (source) => blockStart.exec(firstParagraph(source))?.index,
      tokenizer(source) {
        for (const form of blockForms) {
          const match = form.exec(source);
          if (match !== null) return token(match[0], match[1] ?? '', true, true);
        }
        const open = openForm.exec(source);
        return open === null ? undefined : token(open[0], open[1] ?? '', true, false);
      },
    },
    {
      name: 'math',
      level: 'inline',
      start: (source) => /\$|\\[([]/.exec(source)?.index,
      tokenizer(source) {
        for (const { form, display } of inlineForms) {
          const match = form.exec(source);
          if (match !== null) return token(match[0], match[1] ?? '', display, true);
        }
        return undefined;
      },
    },
  ],
};
