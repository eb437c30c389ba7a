import type { Load, ServiceStatus } from '@kumiki/api';
import { Link } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { ActionLink } from '../operate/action-link.tsx';
import { judgeService } from '../operate/judge-service.ts';
import { serviceLine, sumOfService } from '../operate/service-load.ts';
import { ServiceState } from '../operate/service-state.tsx';
import { SimulatedTag } from '../operate/simulated-tag.tsx';
import { useQuantities } from '../operate/use-quantities.ts';
import { EmptyState, Panel } from '../ui/panel.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { Cell, Head, Table } from '../ui/table.tsx';

/** Every service in a line, those with problems first. */
export function ServicesAtAGlance({
  services,
  points,
}: {
  readonly services: readonly ServiceStatus[];
  readonly points: readonly Load[];
}) {
  const t = useTranslations('overview.services');
  const sorted = services.toSorted((a, b) => judgeService(a).rank - judgeService(b).rank);
  return (
    <Panel title={t('title')} actions={<ActionLink to="/models">{t('all')}</ActionLink>} flush>
      {sorted.length === 0 ? (
        <EmptyState title={t('none')}>
          <code className="font-mono text-xs">npm exec kumiki -- apply -f models.yaml</code>
        </EmptyState>
      ) : (
        <Table
          label={t('title')}
          head={
            <>
              <Head>{t('service')}</Head>
              <Head>{t('state')}</Head>
              <Head numeric>{t('replicas')}</Head>
              <Head numeric>{t('working')}</Head>
              <Head numeric>{t('tokens')}</Head>
            </>
          }
        >
          {sorted.map((service) => (
            <Row key={service.manifest.metadata.name} service={service} points={points} />
          ))}
        </Table>
      )}
    </Panel>
  );
}

function Row({ service, points }: { readonly service: ServiceStatus; readonly points: readonly Load[] }) {
  const t = useTranslations('overview.services');
  const { rate } = useQuantities();
  const { name } = service.manifest.metadata;
  const now = sumOfService(points.at(-1), name);
  return (
    <tr>
      <Cell>
        <Link to="/models" search={{ service: name }} className="font-medium underline-offset-2 hover:underline">
          {name}
        </Link>
        {service.simulated && <SimulatedTag />}
        <div className="text-xs text-faint">{service.models.join(', ')}</div>
      </Cell>
      <Cell>
        <ServiceState service={service} plain />
      </Cell>
      <Cell numeric className="whitespace-nowrap">
        {t('ready', { ready: service.ready, desired: service.desired })}
      </Cell>
      <Cell numeric className="whitespace-nowrap">
        {now === null ? '' : t('runs', { running: now.running, waiting: now.waiting })}
      </Cell>
      <Cell numeric>
        {now !== null && (
          <span className="inline-flex items-center gap-2">
            <Sparkline values={serviceLine(points, name)} className="h-5 w-20 max-sm:hidden md:max-[88rem]:hidden" />
            <span className="w-12">{rate(now.tokensPerSecond)}</span>
          </span>
        )}
      </Cell>
    </tr>
  );
}
