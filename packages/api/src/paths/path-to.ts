import type { PathPattern } from './all-paths.ts';

/** The names of a pattern's open segments. */
type SegmentOf<Pattern extends string> = Pattern extends `${string}:${infer Name}/${infer Rest}`
  ? Name | SegmentOf<Rest>
  : Pattern extends `${string}:${infer Name}`
    ? Name
    : never;

/** A path of the table with its open segments filled in. The types refuse a path that is not in the table. */
export function pathTo<Pattern extends PathPattern>(
  pattern: Pattern,
  ...[segments]: SegmentOf<Pattern> extends never ? [] : [Readonly<Record<SegmentOf<Pattern>, string>>]
): string {
  const given: Readonly<Record<string, string>> = segments ?? {};
  return pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ''));
}
