import { ListTree, SearchX } from 'lucide-react';
import { useState } from 'react';
import { useNow, useTranslations } from 'use-intl';
import { MissingGateways } from '../operate/missing-gateways.tsx';
import type { RequestScope } from '../operate/operate-queries.ts';
import { type Requests, useCatchUp, useRequests } from '../operate/use-operations.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { LiveBadge } from '../shell/live-badge.tsx';
import { useSession } from '../shell/session-gate.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, Page, PageHeader } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { filterRequests, sortRequests } from './find-requests.ts';
import { RequestPanel } from './request-panel.tsx';
import { RequestTable } from './request-table.tsx';
import { type Paused, RequestToolbar } from './request-toolbar.tsx';
import { clearedFilter, readFilter, readOrder } from './requests-address.ts';
import { useOwnRequests } from './use-own-requests.ts';

/** How often the times of open requests move on. */
const refreshMs = 1_000;

/** All requests, live, for the role admin; for other keys their own. */
export default function RequestsScreen() {
  const { key } = useSession();
  return key.roles.includes('admin') ? <AllRequests /> : <OwnRequests />;
}

function AllRequests() {
  useCatchUp();
  return <RequestsView list={useRequests()} scope="all" />;
}

function OwnRequests() {
  return <RequestsView list={useOwnRequests()} scope="own" />;
}

function RequestsView({ list, scope }: { readonly list: Requests; readonly scope: RequestScope }) {
  const t = useTranslations('requests');
  const { get: address, set: setAddress } = useAddress();
  const { requests, pending, error, missing, more } = list;
  const [paused, setPaused] = useState<Paused | null>(null);
  const ticking = useNow({ updateInterval: refreshMs }).getTime();
  const now = paused?.at ?? ticking;
  const known = paused?.requests ?? requests;
  const found = sortRequests(filterRequests(known, readFilter(address), now), readOrder(address), now);
  const id = address('id');
  return (
    <Page wide>
      <PageHeader
        title={t('title')}
        note={scope === 'all' ? t('note') : t('noteOwn')}
        actions={scope === 'all' && <LiveBadge />}
      />
      {error !== null && <ErrorNotice error={error} />}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <MissingGateways missing={missing} />
        <RequestToolbar all={requests} shown={found.length} paused={paused} onPause={setPaused} />
        {pending && requests.length === 0 && error === null && <Skeleton className="h-64" />}
        {!pending && requests.length === 0 && (
          <EmptyState icon={<ListTree />} title={t('empty.title')}>
            {scope === 'all' ? t('empty.text') : t('empty.textOwn')}
          </EmptyState>
        )}
        {requests.length > 0 && found.length === 0 && (
          <EmptyState
            icon={<SearchX />}
            title={t('nothingFound')}
            action={<Button onClick={() => setAddress(clearedFilter)}>{t('showAll')}</Button>}
          />
        )}
        {found.length > 0 && <RequestTable requests={found} now={now} older={more} />}
      </div>
      {id !== '' && (
        <RequestPanel
          key={id}
          id={id}
          scope={scope}
          known={requests.find((one) => one.id === id) ?? null}
          onClose={() => setAddress({ id: '' })}
        />
      )}
    </Page>
  );
}
