import { cutAtDirectionMarks, isDirectionMark } from './safe-url.ts';

/** Code, with the characters made visible that would turn its direction. */
export function DirectionMarks({ text }: { readonly text: string }) {
  const pieces = cutAtDirectionMarks(text);
  if (pieces.length === 1) return text;
  return pieces.map((piece, index) =>
    isDirectionMark(piece) ? (
      // eslint-disable-next-line react/no-array-index-key -- pieces have no other identity
      <span key={index} className="direction-mark">
        U+{piece.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}
      </span>
    ) : (
      piece
    ),
  );
}
