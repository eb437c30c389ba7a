import type { ServiceStatus } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { Dialog } from '../ui/dialog.tsx';
import { LogViewer } from './log-viewer.tsx';
import type { Measures } from './measures.ts';
import { ReplicaPhase } from './replica-phase.tsx';
import { Fact } from './service-numbers.tsx';

/** A replica and its log in a side panel. The log of a removed replica is still available. */
export function ReplicaPanel({
  id,
  services,
  measures,
  onClose,
}: {
  readonly id: string;
  readonly services: readonly ServiceStatus[];
  readonly measures: Measures;
  readonly onClose: () => void;
}) {
  const t = useTranslations('models');
  const shell = useTranslations('shell');
  const { bytes, count, rate } = useQuantities();
  const replica = services.flatMap(({ replicas }) => replicas).find((one) => one.id === id);
  const load = measures.ofReplica(id);
  return (
    <Dialog
      open
      onClose={onClose}
      place="side"
      wide
      title={<span className="font-mono text-sm">{id}</span>}
      description={replica === undefined ? t('replica.gone') : `${replica.service} · ${replica.model}`}
      closeLabel={shell('close')}
    >
      <div className="flex h-full min-h-0 flex-col gap-3">
        {replica !== undefined && (
          <>
            <ReplicaPhase replica={replica} />
            <dl className="grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4">
              <Fact label={t('numbers.tokens')}>{load === undefined ? unknown : rate(load.tokens_per_second)}</Fact>
              <Fact label={t('numbers.memory')}>{replica.rss_bytes === null ? unknown : bytes(replica.rss_bytes)}</Fact>
              <Fact label={t('numbers.restarts')}>{count(replica.restarts)}</Fact>
              <Fact label={t('replica.process')}>{replica.pid ?? unknown}</Fact>
            </dl>
          </>
        )}
        <LogViewer replica={id} />
      </div>
    </Dialog>
  );
}
