import type { ParsedBlock } from '../parse/blocks/parse-result.ts';

/** What stands between one heading and the next. */
export interface Section {
  readonly headings: readonly string[];
  /** The headings that have no text of their own, then the text. */
  readonly parts: readonly ParsedBlock[];
}

/** A heading that is a whole paragraph is cut in the path; in the text it stays whole. */
const pathCharacterLimit = 160;

export function sectionsOf(blocks: readonly ParsedBlock[]): Section[] {
  const sections: Section[] = [];
  let path: { readonly level: number; readonly text: string }[] = [];
  let parts: ParsedBlock[] = [];
  const end = (): void => {
    if (parts.length > 0) sections.push({ headings: path.map(({ text }) => text), parts });
    parts = [];
  };
  for (const block of blocks) {
    if (block.kind === 'heading') {
      const level = block.level ?? 1;
      const above = path.filter((heading) => heading.level < level);
      // Headings without text go with the first text below them, if it is theirs.
      if (parts.some(({ kind }) => kind !== 'heading') || above.length < path.length) end();
      path = [...above, { level, text: block.text.slice(0, pathCharacterLimit).toWellFormed() }];
    }
    parts.push(block);
  }
  end();
  return sections;
}
