import type { Replica, ReplicaPhase as Phase } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { ReasonText } from '../operate/reason-text.tsx';
import { useQuantities } from '../operate/use-quantities.ts';
import { Progress } from '../ui/progress.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import { isRemoteReplica } from './capabilities.ts';

const tones: Readonly<Record<Phase, Tone>> = {
  starting: 'busy',
  ready: 'ok',
  draining: 'warn',
  failed: 'bad',
  stopped: 'off',
};

/** What a replica is doing, why, and what somebody can do about it. */
export function ReplicaPhase({ replica }: { readonly replica: Replica }) {
  const t = useTranslations('models.phase');
  const { percent } = useQuantities();
  const causes = useTranslations('causes.end');
  const { phase, progress, reason, cause } = replica;
  return (
    <div className="grid gap-0.5">
      <span className="flex items-center gap-2">
        <Status tone={tones[phase]} plain>
          {t(phase)}
        </Status>
        {phase === 'starting' && progress !== null && (
          <span className="text-xs text-soft tabular-nums">{percent(progress)}</span>
        )}
      </span>
      {phase === 'starting' && <Progress value={progress} label={t('progress', { id: replica.id })} />}
      <Why replica={replica} />
      {phase === 'failed' && (
        <ReasonText told={cause === null ? null : causes(cause.code, cause.params)} sentence={reason} />
      )}
    </div>
  );
}

/** The product gives the reason in English. The known kinds are recognised from the other fields. */
function Why({ replica }: { readonly replica: Replica }) {
  const t = useTranslations('models.phase.why');
  const { phase, url, running } = replica;
  if (phase === 'ready' && !isRemoteReplica(replica)) return null;
  const text =
    phase === 'starting'
      ? url === null
        ? t('process')
        : t('loading')
      : phase === 'draining'
        ? t('draining', { running: running ?? 0 })
        : phase === 'failed'
          ? t('failed')
          : phase === 'ready'
            ? t('remote')
            : t('stopped');
  return <p className="text-xs text-faint">{text}</p>;
}
