import type { Attributes } from '@kumiki/api';

/** What a file is labelled with. */
export function AttributeChips({ attributes }: { readonly attributes: Attributes }) {
  const entries = Object.entries(attributes);
  if (entries.length === 0) return null;
  return (
    <ul className="flex flex-wrap gap-1">
      {entries.map(([key, value]) => (
        <li
          key={key}
          className="inline-flex max-w-full items-baseline gap-1 rounded-md bg-sunken px-1.5 py-0.5 font-mono text-xs"
        >
          <bdi className="truncate text-faint">{key}</bdi>
          <bdi className="truncate">{String(value)}</bdi>
        </li>
      ))}
    </ul>
  );
}
