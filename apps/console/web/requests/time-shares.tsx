import { useTranslations } from 'use-intl';
import { useQuantities } from '../operate/use-quantities.ts';
import type { TimeShare } from './explain-time.ts';
import { segmentLooks } from './segment-look.ts';
import { useServiceName } from './service-name.ts';

/** A smaller share is shown only in the list. */
const seenShare = 0.004;

/** Where the time went, in a sentence, a bar and a list that is its legend. */
export function TimeShares({ shares, totalMs }: { readonly shares: readonly TimeShare[]; readonly totalMs: number }) {
  const t = useTranslations('requests.time');
  const serviceName = useServiceName();
  const { duration, percent } = useQuantities();
  const [most] = shares;
  if (most === undefined) return null;
  const nameOf = ({ what, service }: TimeShare): string =>
    what === 'service' ? serviceName(service) : t(`kind.${what}`);
  return (
    <section aria-label={t('title')} className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <h3 className="text-sm font-semibold">
        {t('most', { what: nameOf(most), share: percent(most.share), total: duration(totalMs) })}
      </h3>
      <div aria-hidden className="flex h-4 overflow-hidden rounded-md bg-sunken">
        {shares
          .filter(({ share }) => share > seenShare)
          .map((one) => (
            <span
              key={`${one.what}/${one.service ?? ''}`}
              title={`${nameOf(one)} ${duration(one.ms)}`}
              className="border-r-2 border-raised last:border-r-0"
              style={{ width: `${one.share * 100}%`, background: segmentLooks[one.what].ground }}
            />
          ))}
      </div>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-xs text-soft">
        {shares.map((one) => (
          <li key={`${one.what}/${one.service ?? ''}`} className="inline-flex items-center gap-1.5">
            <span
              aria-hidden
              className="size-2.5 rounded-sm ring-1 ring-line"
              style={{ background: segmentLooks[one.what].ground }}
            />
            {nameOf(one)}
            <span className="font-medium text-ink tabular-nums">{duration(one.ms)}</span>
            <span className="text-faint tabular-nums">{percent(one.share)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
