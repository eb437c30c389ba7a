import type { RequestRecord } from '@kumiki/api';
import { CornerDownRight, RotateCw } from 'lucide-react';
import { memo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { replicaOf } from '../operate/endpoint-name.ts';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { useAddress } from '../shell/use-address.ts';
import { classes } from '../ui/classes.ts';
import { Cell } from '../ui/table.tsx';
import { durationOf, tokensPerSecondOf, ttftOf } from './request-facts.ts';
import { RequestOutcome } from './request-outcome.tsx';
import { rowMark } from './use-row-keys.ts';

/** One request in a line. `now` matters while it is open alone. */
export const RequestRow = memo(function RequestRow({
  record,
  now,
  opened,
}: {
  readonly record: RequestRecord;
  readonly now: number;
  readonly opened: boolean;
}) {
  const format = useFormatter();
  const { duration, count, rate } = useQuantities();
  const { set: setAddress } = useAddress();
  const open = (): void => setAddress({ id: record.id }, 'push');
  const ttft = ttftOf(record);
  const perSecond = tokensPerSecondOf(record, now);
  return (
    // The link in it does the same for the keyboard.
    <tr onClick={open} className={classes('cursor-pointer hover:bg-sunken', opened && 'bg-accent-soft')}>
      <Cell className="text-xs whitespace-nowrap text-soft tabular-nums">
        {format.dateTime(new Date(record.started_at), {
          hour: '2-digit',
          minute: '2-digit',
          second: '2-digit',
          hourCycle: 'h23',
        })}
      </Cell>
      <Cell>
        <RequestOutcome record={record} plain />
        {record.error_code !== null && <div className="font-mono text-xs text-soft">{record.error_code}</div>}
      </Cell>
      <Cell>
        <button
          type="button"
          {...{ [rowMark]: '' }}
          onClick={(event) => {
            event.stopPropagation();
            open();
          }}
          className="rounded text-left text-xs whitespace-nowrap hover:underline"
        >
          <span className="text-faint">{record.method}</span> {shortPath(record.path)}
        </button>
        <div className="font-mono text-xs text-faint">
          {record.id.slice(0, 12)} {record.status !== null && <span>· {record.status}</span>}
        </div>
      </Cell>
      <Cell className="text-xs">{record.model ?? record.service ?? unknown}</Cell>
      <Cell numeric>{ttft === null ? unknown : duration(ttft)}</Cell>
      <Cell numeric>{duration(durationOf(record, now))}</Cell>
      <Cell numeric>
        {record.completion_tokens === null ? unknown : count(record.completion_tokens)}
        {record.prompt_tokens !== null && <Prompt tokens={record.prompt_tokens} />}
      </Cell>
      <Cell numeric>{perSecond === null ? unknown : rate(perSecond)}</Cell>
      <Cell className="font-mono text-xs">
        {record.kind === 'model' && record.replica !== null ? replicaOf(record.replica) : unknown}
      </Cell>
      <Cell>
        <Again record={record} />
      </Cell>
    </tr>
  );
});

function Prompt({ tokens }: { readonly tokens: number }) {
  const t = useTranslations('requests');
  return <div className="text-xs text-faint">{t('ofPrompt', { tokens })}</div>;
}

/** What had to be done again, with its sign and its number. */
function Again({ record: { retries, continuations } }: { readonly record: RequestRecord }) {
  const t = useTranslations('requests.again');
  if (retries === 0 && continuations === 0) return null;
  return (
    <div className="grid gap-0.5 text-xs whitespace-nowrap text-warn">
      {retries > 0 && (
        <span className="inline-flex items-center gap-1">
          <RotateCw aria-hidden className="size-3" />
          {t('retries', { count: retries })}
        </span>
      )}
      {continuations > 0 && (
        <span className="inline-flex items-center gap-1">
          <CornerDownRight aria-hidden className="size-3" />
          {t('continuations', { count: continuations })}
        </span>
      )}
    </div>
  );
}

/** Long ids in a path are cut: the request's own place shows them whole. */
function shortPath(path: string): string {
  return path.replaceAll(/[A-Za-z0-9_-]{22,}/g, (part) => `${part.slice(0, 12)}…`);
}
