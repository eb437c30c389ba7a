import type { Replica } from '@kumiki/api';
import { ScrollText } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { unknown, useQuantities } from '../operate/use-quantities.ts';
import { useAddress } from '../shell/use-address.ts';
import { IconButton } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { Meter } from '../ui/meter.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { isRemoteReplica, replicaCan } from './capabilities.ts';
import type { Measures } from './measures.ts';
import { ReplicaPhase } from './replica-phase.tsx';
import { Uptime } from './uptime.tsx';

/** Beside each other where there is room; else each with its name. */
const columns =
  'grid grid-cols-2 gap-x-4 gap-y-2 sm:grid-cols-4 xl:grid-cols-[minmax(9rem,1.3fr)_minmax(11rem,2fr)_7rem_6rem_4.5rem_4.5rem_7.5rem_5rem_4rem_2rem] xl:items-center xl:gap-y-0';

const heads = ['replica', 'phase', 'running', 'kvCache', 'ttft', 'itl', 'tokens', 'memory', 'restarts'] as const;

/** For the eye alone: every value has its name beside it for screen readers. */
export function ReplicaHeads() {
  const t = useTranslations('models.numbers');
  return (
    <div aria-hidden className={classes(columns, 'px-5 pt-2 pb-1 pl-10 text-xs text-faint max-xl:hidden!')}>
      {heads.map((name) => (
        <span key={name}>{t(name)}</span>
      ))}
    </div>
  );
}

export function ReplicaRow({ replica, measures }: { readonly replica: Replica; readonly measures: Measures }) {
  const off = useTranslations('models.off');
  const t = useTranslations('models.replica');
  const { set: setAddress } = useAddress();
  const logOff = replicaCan.showLog(replica);
  return (
    <li className="border-t border-line px-5 py-2.5 text-sm sm:pl-10 [contain-intrinsic-size:auto_4rem] [content-visibility:auto]">
      <div className={columns}>
        <div className="min-w-0">
          <p className="font-mono text-xs font-medium break-all">{replica.id}</p>
          <p className="text-xs text-faint">
            {replica.started_at !== null && replica.phase !== 'failed' && <Uptime startedAt={replica.started_at} />}
          </p>
        </div>
        <div className="min-w-0 max-xl:col-span-2">
          <ReplicaPhase replica={replica} />
        </div>
        <ReplicaNumbers replica={replica} measures={measures} />
        <div className="max-xl:row-start-1 max-xl:justify-self-end max-sm:col-start-2 sm:max-xl:col-start-4">
          <IconButton
            icon={ScrollText}
            label={t('log', { id: replica.id })}
            off={logOff === null ? null : off(logOff)}
            onClick={() => setAddress({ replica: replica.id }, 'push')}
          />
        </div>
      </div>
    </li>
  );
}

function ReplicaNumbers({ replica, measures }: { readonly replica: Replica; readonly measures: Measures }) {
  const t = useTranslations('models.numbers');
  const { bytes, count, duration, percent, rate } = useQuantities();
  const load = measures.ofReplica(replica.id);
  const running = load?.running ?? replica.running;
  const waiting = load?.waiting ?? replica.waiting;
  const memory = load?.rss_bytes ?? replica.rss_bytes;
  const kv = load?.kv_cache ?? null;
  const remote = isRemoteReplica(replica);
  return (
    <>
      <Value name={t('running')}>
        {running !== null && (
          <Meter
            value={running}
            max={load?.max_running ?? Math.max(1, running)}
            label={t('running')}
            warns={(waiting ?? 0) > 0}
          >
            {load?.max_running == null
              ? t('runsAlone', { running, waiting: waiting ?? 0 })
              : t('runs', { running, max: load.max_running, waiting: waiting ?? 0 })}
          </Meter>
        )}
      </Value>
      <Value name={t('kvCache')}>
        {kv !== null && (
          <Meter value={kv.used_tokens} max={kv.total_tokens} label={t('kvCache')}>
            {percent(kv.used_tokens / Math.max(1, kv.total_tokens))}
          </Meter>
        )}
      </Value>
      <Value name={t('ttft')}>{load?.ttft_ms == null ? null : duration(load.ttft_ms.p50)}</Value>
      <Value name={t('itl')}>{load?.itl_ms == null ? null : duration(load.itl_ms.p50)}</Value>
      <Value name={t('tokens')}>
        {load !== undefined && (
          <span className="flex items-center gap-2">
            <span className="min-w-7">{rate(load.tokens_per_second)}</span>
            <Sparkline values={measures.lineOfReplica(replica.id)} className="h-5 w-16 min-w-0" />
          </span>
        )}
      </Value>
      <Value name={t('memory')}>{memory === null ? null : bytes(memory)}</Value>
      <Value name={t('restarts')}>
        {remote ? null : <span className={replica.restarts > 0 ? 'text-warn' : ''}>{count(replica.restarts)}</span>}
      </Value>
    </>
  );
}

/** A number with its name; where there is no room for columns the name is seen too. */
function Value({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const nothing = children === null || children === false;
  return (
    <div className={classes('min-w-0 tabular-nums', nothing && 'max-xl:hidden')}>
      <span className="block text-xs text-faint xl:sr-only">{name}</span>
      {nothing ? <span className="text-faint">{unknown}</span> : children}
    </div>
  );
}
