import { memo, useMemo, useRef } from 'react';
import remend from 'remend';
import { blockContent } from './block-content.tsx';
import { lexBlock } from './lexer.ts';
import { PlainText } from './plain-text.tsx';
import { emptySplit, type Block, splitBlocks } from './split-blocks.ts';
import './prose.css';

/** Text of a model as Markdown. Only its last block is read again when it grows; the others stay as they are. */
export const Markdown = memo(function Markdown({ text, isOpen }: { readonly text: string; readonly isOpen: boolean }) {
  const before = useRef(emptySplit);
  const split = splitBlocks(before.current, text);
  before.current = split;
  return (
    <div className="prose" dir="auto">
      {split.blocks.map((block, index) => (
        <MarkdownBlock key={block.at} block={block} isOpen={isOpen && index === split.blocks.length - 1} />
      ))}
    </div>
  );
});

const MarkdownBlock = memo(
  function MarkdownBlock({ block, isOpen }: { readonly block: Block; readonly isOpen: boolean }) {
    const tokens = useMemo(() => {
      if (block.kind === 'plain') return null;
      return lexBlock(isOpen && !isCode(block.raw) ? remend(block.raw, closing) : block.raw);
    }, [block.kind, block.raw, isOpen]);
    if (tokens === null) return <PlainText text={block.raw} />;
    return blockContent(tokens, isOpen);
  },
  (before, after) =>
    before.block.raw === after.block.raw && before.block.kind === after.block.kind && before.isOpen === after.isOpen,
);

/**
 * Markup that is displayed as closed while its end has not arrived. Tags are shown as text, and formulas wait for their
 * end.
 */
const closing = { linkMode: 'text-only', htmlTags: false, katex: false } as const;

function isCode(raw: string): boolean {
  return /^ {0,3}(?:`{3,}|~{3,})/.test(raw);
}
