import type { ParsedBlock } from '../parse/blocks/parse-result.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { packAtoms } from './pack-atoms.ts';
import { sectionsOf } from './sections.ts';

export { estimateTokens } from './estimate-tokens.ts';

export interface Chunk {
  /** Begins with the headings that stand directly above it. */
  readonly text: string;
  /** The path of headings that it stands under, outermost first. */
  readonly headings: readonly string[];
  /** Where it begins. */
  readonly page: number | null;
  /** Estimated, of the text alone. */
  readonly tokens: number;
}

/** A smaller chunk would hold no sentence. */
const minTokens = 16;

/**
 * Splits a document where its author did: at headings, then paragraphs, lines and sentences, code at blank lines,
 * tables at rows under their header repeated. No chunk has more than `maxTokens` by the estimate; within a section,
 * each begins with up to `overlapTokens` of the end of the one before. Every character of the blocks lands in a chunk.
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
