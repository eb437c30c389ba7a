import type { Load } from '@kumiki/api';
import { useFormatter, useTranslations } from 'use-intl';
import { toMinutes } from '../operate/load-history.ts';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { Cell, Head, Table } from '../ui/table.tsx';

/** What the charts show, minute by minute. */
export function LoadTable({ points }: { readonly points: readonly Load[] }) {
  const t = useTranslations('overview.load');
  const format = useFormatter();
  const { rate, duration } = useQuantities();
  const show = (ms: number | null): string => (ms === null ? unknown : duration(ms));
  return (
    <Table
      label={t('title')}
      head={
        <>
          <Head>{t('minute')}</Head>
          <Head numeric>{t('requests')}</Head>
          <Head numeric>{t('errors')}</Head>
          <Head numeric>{t('ttftP50')}</Head>
          <Head numeric>{t('ttftP95')}</Head>
          <Head numeric>{t('tokens')}</Head>
        </>
      }
    >
      {toMinutes(points).map((minute) => (
        <tr key={minute.at}>
          <Cell>{format.dateTime(new Date(minute.at), { timeStyle: 'short' })}</Cell>
          <Cell numeric>{rate(minute.requestsPerSecond)}</Cell>
          <Cell numeric>{rate(minute.errorsPerSecond)}</Cell>
          <Cell numeric>{show(minute.ttftP50Ms)}</Cell>
          <Cell numeric>{show(minute.ttftP95Ms)}</Cell>
          <Cell numeric>{rate(minute.tokensPerSecond)}</Cell>
        </tr>
      ))}
    </Table>
  );
}
