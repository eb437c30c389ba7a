import type { ParsedBlock } from '../parse/blocks/parse-result.ts';

/** The content between two headings. */
export interface Section {
  readonly headings: readonly string[];
  /** The headings without text of their own, then the text. */
  readonly parts: readonly ParsedBlock[];
}

/** Longer headings are cut in the path; in the text they stay complete. */
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
      // Headings without text are joined to the first text in their section.
      if (parts.some(({ kind }) => kind !== 'heading') || above.length < path.length) end();
      path = [...above, { level, text: block.text.slice(0, pathCharacterLimit).toWellFormed() }];
    }
    parts.push(block);
  }
  end();
  return sections;
}
