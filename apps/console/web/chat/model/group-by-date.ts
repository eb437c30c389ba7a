/** Headings of the list of chats. */
export type DateGroup = 'today' | 'yesterday' | 'week' | 'month' | 'older';

export interface DatedGroup<Entry> {
  readonly group: DateGroup;
  readonly entries: readonly Entry[];
}

const dayMs = 86_400_000;

/** Entries, newest first, under headings of calendar days of the person's own time zone. */
export function groupByDate<Entry extends { readonly updated_at: number }>(
  entries: readonly Entry[],
  now: Date,
): readonly DatedGroup<Entry>[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const groups: { group: DateGroup; entries: Entry[] }[] = [];
  for (const entry of entries) {
    const group = groupOf(entry.updated_at * 1_000, midnight);
    const last = groups.at(-1);
    if (last?.group === group) last.entries.push(entry);
    else groups.push({ group, entries: [entry] });
  }
  return groups;
}

function groupOf(at: number, midnight: number): DateGroup {
  if (at >= midnight) return 'today';
  if (at >= midnight - dayMs) return 'yesterday';
  if (at >= midnight - 7 * dayMs) return 'week';
  return at >= midnight - 30 * dayMs ? 'month' : 'older';
}
