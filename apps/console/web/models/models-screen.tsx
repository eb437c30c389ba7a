import { Boxes, SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { useCatchUp, useLoads, useStatus } from '../operate/use-operations.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { LiveBadge } from '../shell/live-badge.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState, Page, PageHeader } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { findServices, hasProblem } from './group-replicas.ts';
import { measure } from './measures.ts';
import { ModelsPanels } from './models-panels.tsx';
import { ModelsToolbar } from './models-toolbar.tsx';
import { ServiceCard } from './service-card.tsx';

export default function ModelsScreen() {
  const t = useTranslations('models');
  const { get: address, set: setAddress } = useAddress();
  useCatchUp();
  const { status, error } = useStatus();
  const { points } = useLoads();
  const measures = useMemo(() => measure(points), [points]);
  const services = status?.services ?? [];
  const problems = services.filter(hasProblem).length;
  const found = findServices(services, address('q'), address('only') === 'problems');
  return (
    <Page wide>
      <PageHeader title={t('title')} note={t('note')} actions={<LiveBadge />} />
      {error !== null && <ErrorNotice error={error} />}
      {status === null && error === null && <Skeleton className="h-40" />}
      {status !== null && services.length === 0 && (
        <EmptyState icon={<Boxes />} title={t('empty.title')}>
          <p>{t('empty.text')}</p>
          <code className="mt-2 inline-block rounded-lg bg-code px-3 py-1.5 font-mono text-xs text-ink">
            npm exec kumiki -- apply -f models.yaml
          </code>
        </EmptyState>
      )}
      {services.length > 0 && (
        <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
          <ModelsToolbar services={services} problems={problems} />
          {found.length === 0 && (
            <EmptyState
              icon={<SearchX />}
              title={address('q') === '' ? t('noProblems') : t('nothingFound')}
              action={<Button onClick={() => setAddress({ q: '', only: '' })}>{t('showAll')}</Button>}
            />
          )}
          {found.map((service) => (
            <ServiceCard key={service.manifest.metadata.name} service={service} measures={measures} />
          ))}
          <ModelsPanels services={services} measures={measures} />
        </div>
      )}
    </Page>
  );
}
