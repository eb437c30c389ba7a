import type { RequestRecord } from '@kumiki/api';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useGrowing } from '../operate/use-growing.ts';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Head, Table } from '../ui/table.tsx';
import type { SortKey } from './find-requests.ts';
import { RequestRow } from './request-row.tsx';
import { readOrder } from './requests-address.ts';
import { useRowKeys } from './use-row-keys.ts';

/** Rows that are drawn at once; more as somebody scrolls. */
const portion = 60;

export function RequestTable({
  requests,
  now,
  older,
}: {
  readonly requests: readonly RequestRecord[];
  readonly now: number;
  /** Brings older ones; null when there are none. */
  readonly older: (() => void) | null;
}) {
  const t = useTranslations('requests.column');
  const list = useTranslations('requests');
  const { get: address } = useAddress();
  const body = useRef<HTMLDivElement>(null);
  const { shown, grow, endRef } = useGrowing(requests.length, portion);
  useRowKeys(body);
  const opened = address('id');
  return (
    <div ref={body} className="rounded-2xl border border-line bg-surface">
      <Table
        label={list('title')}
        head={
          <>
            <SortHead name="time" />
            <Head>{t('outcome')}</Head>
            <Head>{t('request')}</Head>
            <Head>{t('model')}</Head>
            <SortHead name="ttft" numeric />
            <SortHead name="duration" numeric />
            <SortHead name="tokens" numeric />
            <SortHead name="rate" numeric />
            <Head>{t('replica')}</Head>
            <Head>{t('again')}</Head>
          </>
        }
      >
        {requests.slice(0, shown).map((record) => (
          <RequestRow
            key={record.id}
            record={record}
            // Only rows of open requests are rendered each second, since the times of ended ones do not change.
            now={record.ended_at === null ? now : 0}
            opened={record.id === opened}
          />
        ))}
      </Table>
      {(shown < requests.length || older !== null) && (
        <div ref={endRef} className="border-t border-line px-5 py-2">
          <Button
            kind="ghost"
            size="small"
            onClick={() => {
              if (shown >= requests.length) older?.();
              grow();
            }}
          >
            {shown < requests.length ? list('more') : list('older')}
          </Button>
        </div>
      )}
    </div>
  );
}

function SortHead({ name, numeric = false }: { readonly name: SortKey; readonly numeric?: boolean }) {
  const t = useTranslations('requests.column');
  const { get: address, set: setAddress } = useAddress();
  const { key, ascending } = readOrder(address);
  const active = key === name;
  const Arrow = ascending ? ArrowUp : ArrowDown;
  // The largest first, then the smallest first, then as without: the newest first.
  const next = !active ? `-${name}` : !ascending ? name : '';
  return (
    <Head numeric={numeric} aria-sort={active ? (ascending ? 'ascending' : 'descending') : 'none'}>
      <button
        type="button"
        onClick={() => setAddress({ sort: next === '-time' ? '' : next })}
        className={classes(
          'inline-flex min-h-6 items-center gap-1 rounded font-medium hover:text-ink',
          active && 'text-ink',
        )}
      >
        {t(name)}
        <Arrow aria-hidden className={classes('size-3', !active && 'invisible')} />
      </button>
    </Head>
  );
}
