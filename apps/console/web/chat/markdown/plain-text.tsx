import { memo } from 'react';
import { useTranslations } from 'use-intl';
import { markdownLimits } from './limits.ts';

/**
 * Text that is too large or too nested to be parsed as Markdown, shown unformatted in pieces; pieces out of view cost
 * nothing.
 */
export function PlainText({ text }: { readonly text: string }) {
  const t = useTranslations('chat.markdown');
  const shown = markdownLimits.plainPieces * markdownLimits.plainPieceCharacters;
  return (
    <div className="plain-text">
      <p className="note">{text.length > shown ? t('plainCut', { shown, all: text.length }) : t('plain')}</p>
      <div dir="auto" className="text">
        <Pieces text={text.slice(0, shown)} />
      </div>
    </div>
  );
}

/** A long text in pieces; each is laid out when it comes into sight. */
export function Pieces({ text }: { readonly text: string }) {
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = pieceEnd(text, at);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces.map((piece, index) => (
    // eslint-disable-next-line react/no-array-index-key -- a piece is named by its place
    <Piece key={index} text={piece} />
  ));
}

const Piece = memo(function Piece({ text }: { readonly text: string }) {
  return <div className="piece">{text}</div>;
});

/** After the last line that fits, so that pieces are cut where lines are. */
function pieceEnd(text: string, from: number): number {
  const most = from + markdownLimits.plainPieceCharacters;
  if (most >= text.length) return text.length;
  const line = text.lastIndexOf('\n', most);
  return line > from ? line + 1 : most;
}
