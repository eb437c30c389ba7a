import { findTerms } from './find-terms.ts';

/** A text with the words of a query marked. It stays text: nothing in it is markup. */
export function Highlighted({ text, terms }: { readonly text: string; readonly terms: readonly string[] }) {
  const ranges = findTerms(text, terms);
  if (ranges.length === 0) return text;
  return (
    <>
      {ranges.map(({ start, end }, index) => (
        <span key={start}>
          {text.slice(ranges[index - 1]?.end ?? 0, start)}
          <mark className="rounded-sm bg-mark px-px font-medium text-ink">{text.slice(start, end)}</mark>
        </span>
      ))}
      {text.slice(ranges.at(-1)?.end)}
    </>
  );
}
