import type { ParsedBlock } from '../parse/blocks/parse-result.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { packAtoms } from './pack-atoms.ts';
import { sectionsOf } from './sections.ts';

export { estimateTokens } from './estimate-tokens.ts';

export interface Chunk {
  /** Begins with the headings directly above it. */
  readonly text: string;
  /** Its path of headings, outermost first. */
  readonly headings: readonly string[];
  /** The page on which it begins. */
  readonly page: number | null;
  /** Estimated tokens of the text. */
  readonly tokens: number;
}

/** A smaller chunk could not hold a sentence. */
const minTokens = 16;

/**
 * Splits a document along its structure: at headings, then paragraphs, lines and sentences; code at blank lines; tables
 * between rows, with the header repeated. No chunk has more than `maxTokens` by the estimate. Within a section, each
 * chunk begins with up to `overlapTokens` of the end of the previous one. Every character of the blocks is in some
 * chunk.
 */
export function chunkDocument(
  blocks: readonly ParsedBlock[],
  strategy: { readonly maxTokens: number; readonly overlapTokens: number },
): Chunk[] {
  const maxTokens = Math.max(minTokens, strategy.maxTokens);
  const overlapTokens = Math.min(strategy.overlapTokens, Math.floor(maxTokens / 2));
  return sectionsOf(blocks).flatMap((section) =>
    packAtoms(section.parts, { maxTokens, overlapTokens }).map(({ text, page }) => ({
      text,
      headings: section.headings,
      page,
      tokens: estimateTokens(text),
    })),
  );
}
