import type { Change, EndCauseCode } from '@kumiki/api';
import {
  CircleAlert,
  CircleX,
  History,
  KeyRound,
  type LucideIcon,
  LogIn,
  RotateCw,
  Scaling,
  Server,
} from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { useLanguage } from '../i18n/i18n.tsx';
import { Ago } from '../operate/ago.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState, Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { useDataServiceName } from './data-service-name.ts';
import { describeChange } from './describe-change.ts';

/** Number of changes shown at first, and added each time. */
const step = 12;

/** What changed, newest first. */
export function Changes({
  changes: { changes, pending, error },
}: {
  readonly changes: { readonly changes: readonly Change[]; readonly pending: boolean; readonly error: unknown };
}) {
  const t = useTranslations('overview.changes');
  const [shown, setShown] = useState(step);
  return (
    <Panel title={t('title')}>
      {error !== null && <ErrorNotice error={error} />}
      {changes.length === 0 && pending && <Skeleton className="h-40" />}
      {changes.length === 0 && !pending && error === null && (
        <EmptyState icon={<History />} title={t('none')}>
          {t('noneHint')}
        </EmptyState>
      )}
      <ol className="relative grid gap-3.5 before:absolute before:top-3 before:bottom-3 before:left-3 before:w-px before:bg-line">
        {changes.slice(0, shown).map((change) => (
          <Entry key={change.id} change={change} />
        ))}
      </ol>
      {changes.length > shown && (
        <Button className="mt-4" size="small" onClick={() => setShown(shown + step)}>
          {t('more', { count: Math.min(step, changes.length - shown) })}
        </Button>
      )}
    </Panel>
  );
}

function iconOf({ kind, severity }: Change): LucideIcon {
  if (severity === 'error') return CircleX;
  if (severity === 'warning') return CircleAlert;
  if (kind === 'service.scaled') return Scaling;
  if (kind === 'service.restarted' || kind === 'replica.restarted') return RotateCw;
  if (kind.startsWith('key.')) return KeyRound;
  return kind.startsWith('session.') ? LogIn : Server;
}

const inks = { info: 'text-soft', warning: 'text-warn', error: 'text-bad' } as const;

function Entry({ change }: { readonly change: Change }) {
  const t = useTranslations('overview.changes');
  const Icon = iconOf(change);
  const told = describeChange(change);
  const dataServiceName = useDataServiceName();
  const reasonIn = useReason();
  const subject = change.kind.startsWith('data_service.') ? dataServiceName(change.subject) : change.subject;
  return (
    <li className="relative flex gap-3 text-sm">
      <span
        className={classes(
          'z-10 inline-flex size-6 shrink-0 items-center justify-center rounded-full border border-line bg-surface',
          inks[change.severity],
        )}
      >
        <Icon aria-hidden className="size-3.5" />
      </span>
      <div className="min-w-0">
        <p className="break-words">
          {change.severity !== 'info' && <span className="sr-only">{t(change.severity)} </span>}
          {told === null ? (
            <span lang="en">{change.message}</span>
          ) : (
            t(`kinds.${told.message}`, { ...told.values, ...reasonIn(change.params), subject })
          )}
        </p>
        <p className="text-xs text-faint">
          <Ago at={change.at} />
          {change.by !== null && <> · {t('by', { name: change.by })}</>}
        </p>
      </div>
    </li>
  );
}

/** The reason of a change in the chosen language, where it is one of those that are known; English has its own sentence. */
function useReason(): (params: Change['params']) => { readonly reason?: string } {
  const t = useTranslations('causes.end');
  const { locale } = useLanguage();
  return (params) => {
    const code = params['cause'] as EndCauseCode | undefined;
    return locale === 'en' || code === undefined || !t.has(code) ? {} : { reason: t(code, params) };
  };
}
