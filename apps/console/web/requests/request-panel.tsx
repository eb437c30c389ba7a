import type { RequestRecord } from '@kumiki/api';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useNow, useTranslations } from 'use-intl';
import { MissingGateways } from '../operate/missing-gateways.tsx';
import { requestQuery, type RequestScope } from '../operate/operate-queries.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { explainTime } from './explain-time.ts';
import { RequestIds } from './request-ids.tsx';
import { asksForAnswer, RequestLinks } from './request-links.tsx';
import { RequestOutcome } from './request-outcome.tsx';
import { RequestSummary } from './request-summary.tsx';
import { TimeShares } from './time-shares.tsx';
import { WaterfallTable } from './waterfall-table.tsx';
import { layOutTrace } from './waterfall.ts';

/** Polling interval while a request of the trace is open. */
const openRefreshMs = 1_000;

/** A request with its whole trace, at the side. */
export function RequestPanel({
  id,
  scope,
  known,
  onClose,
}: {
  readonly id: string;
  readonly scope: RequestScope;
  /** What the list knows of it already. */
  readonly known: RequestRecord | null;
  readonly onClose: () => void;
}) {
  const t = useTranslations('requests.panel');
  const shell = useTranslations('shell');
  const now = useNow({ updateInterval: openRefreshMs }).getTime();
  const { data, error, refetch } = useQuery({
    ...requestQuery(id, scope),
    refetchInterval: ({ state }) =>
      state.data?.trace.some(({ outcome }) => outcome === 'open') === true ? openRefreshMs : false,
  });
  const ended = known?.ended_at ?? null;
  // The live stream knows first that it has ended.
  useEffect(() => {
    if (ended !== null) void refetch();
  }, [ended, refetch]);
  const record = data ?? known;
  const trace = data?.trace ?? (known === null ? [] : [known]);
  const waterfall = trace.length === 0 ? null : layOutTrace(trace, now);
  return (
    <Dialog
      open
      onClose={onClose}
      place="side"
      wide="most"
      title={record === null ? id : `${record.method} ${record.path}`}
      closeLabel={shell('close')}
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        {error !== null && <ErrorNotice error={error} title={record === null ? t('gone') : undefined} />}
        {record === null && error === null && <Skeleton className="h-64" />}
        <MissingGateways missing={data?.missing_gateways ?? []} />
        {record !== null && (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
            <RequestOutcome record={record} />
            <RequestLinks record={record} asked={trace.find(asksForAnswer)} scope={scope} />
          </div>
        )}
        {record !== null && <RequestSummary record={record} asked={trace.find(asksForAnswer) ?? record} now={now} />}
        {waterfall !== null && (
          <>
            <TimeShares shares={explainTime(waterfall)} totalMs={waterfall.totalMs} />
            <WaterfallTable waterfall={waterfall} opened={id} />
          </>
        )}
        {record !== null && <RequestIds record={record} />}
      </div>
    </Dialog>
  );
}
