import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { MissingGateways } from '../operate/missing-gateways.tsx';
import { useCatchUp, useChanges, useLoads, useStatus } from '../operate/use-operations.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { LiveBadge } from '../shell/live-badge.tsx';
import { Page, PageHeader } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { Changes } from './changes.tsx';
import { DataServices } from './data-services.tsx';
import { FirstSteps } from './first-steps.tsx';
import { judgeHealth } from './judge-health.ts';
import { LoadCharts } from './load-charts.tsx';
import { Problems } from './problems.tsx';
import { ServicesAtAGlance } from './services-at-a-glance.tsx';
import { Verdict } from './verdict.tsx';

export default function OverviewScreen() {
  const t = useTranslations('overview');
  useCatchUp();
  const { status, error } = useStatus();
  const loads = useLoads();
  const changes = useChanges();
  const { points, stepMs } = loads;
  const health = useMemo(
    () => (status === null ? null : judgeHealth(status, points, stepMs)),
    [status, points, stepMs],
  );
  const isNew =
    !loads.pending && loads.error === null && points.every(({ requests_per_second }) => requests_per_second === 0);
  return (
    <Page wide>
      <PageHeader title={t('title')} actions={<LiveBadge />} />
      {error !== null && <ErrorNotice error={error} />}
      {status === null || health === null ? (
        error === null && <Skeleton className="h-28" />
      ) : (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
          <Verdict health={health} status={status} />
          <Problems problems={health.problems} />
          {isNew && <FirstSteps status={status} />}
          <MissingGateways missing={loads.latest?.missing_gateways ?? []} />
          <LoadCharts loads={loads} />
          <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-5">
              <ServicesAtAGlance services={status.services} points={points} />
              <DataServices dataServices={status.data_services} />
            </div>
            <Changes changes={changes} />
          </div>
        </div>
      )}
    </Page>
  );
}
