import { useFormatter, useNow } from 'use-intl';

/** How often "3 minutes ago" is updated. */
const refreshMs = 10_000;

/** How long ago something was, with the exact time for those who point at it. `at` is Unix milliseconds. */
export function Ago({ at }: { readonly at: number }) {
  const format = useFormatter();
  const now = useNow({ updateInterval: refreshMs });
  const date = new Date(at);
  // What has just come may be a moment ahead of the clock here.
  const shown = format.relativeTime(at > now.getTime() ? now : date, now);
  return (
    <time dateTime={date.toISOString()} title={format.dateTime(date, { dateStyle: 'medium', timeStyle: 'medium' })}>
      {shown}
    </time>
  );
}
