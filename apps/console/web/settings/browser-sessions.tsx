import type { BrowserSession } from '@kumiki/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Ago } from '../operate/ago.tsx';
import { MissingGateways } from '../operate/missing-gateways.tsx';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useSession } from '../shell/session-gate.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { Status } from '../ui/status.tsx';
import { describeBrowser } from './describe-browser.ts';
import { EndAllDialog } from './end-all-dialog.tsx';
import { browserSessionsQuery, endOtherSessions, endSession } from './sessions-api.ts';

/** Rows that are shown until somebody asks for all. */
const firstShown = 8;

/** Which browsers are signed in, and an end to each. */
export function BrowserSessions() {
  const t = useTranslations('settings.browsers');
  const { key } = useSession();
  const { data, error, isPending } = useQuery(browserSessionsQuery);
  const [all, setAll] = useState(false);
  const end = useEnding(endSession);
  const endOthers = useEnding(endOtherSessions);
  const [leaving, setLeaving] = useState(false);
  const sessions = [...(data?.data ?? [])].sort((a, b) => Number(b.current) - Number(a.current));
  const others = sessions.filter((session) => session.key.id === key.id && !session.current).length;
  const shown = all ? sessions : sessions.slice(0, firstShown);
  const failure = error ?? end.error ?? endOthers.error;
  return (
    <Panel title={t('title')} note={key.roles.includes('admin') ? t('noteAll') : t('note')}>
      {failure !== null && <ErrorNotice error={failure} />}
      <MissingGateways missing={data?.missing_gateways ?? []} />
      {isPending && <Skeleton className="h-24" />}
      <ul className="divide-y divide-line" aria-label={t('title')}>
        {shown.map((session) => (
          <Row
            key={session.id}
            session={session}
            foreign={session.key.id !== key.id}
            busy={end.isPending}
            onEnd={() => end.mutate(session.id)}
          />
        ))}
      </ul>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button
          size="small"
          off={others === 0 ? t('noOthers') : endOthers.isPending ? '' : null}
          onClick={() => endOthers.mutate(undefined)}
        >
          {t('endOthers')}
        </Button>
        <Button size="small" onClick={() => setLeaving(true)}>
          {t('endAll')}
        </Button>
        {shown.length < sessions.length && (
          <Button kind="ghost" size="small" onClick={() => setAll(true)}>
            {t('showAll', { count: sessions.length })}
          </Button>
        )}
      </div>
      {leaving && <EndAllDialog others={others} onClose={() => setLeaving(false)} />}
    </Panel>
  );
}

function Row({
  session,
  foreign,
  busy,
  onEnd,
}: {
  readonly session: BrowserSession;
  /** It is of another key. */
  readonly foreign: boolean;
  readonly busy: boolean;
  readonly onEnd: () => void;
}) {
  const t = useTranslations('settings.browsers');
  const text = session.user_agent ?? '';
  const name = describeBrowser(text) ?? (text === '' ? t('unknown') : text);
  return (
    <li className="flex items-center gap-3 py-2 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate" title={text}>
          <bdi>{name}</bdi>
        </p>
        {foreign && (
          <p className="truncate text-xs text-soft">
            <bdi>{t('key', { name: session.key.name })}</bdi>
          </p>
        )}
        <p className="flex flex-wrap gap-x-3 text-xs text-faint">
          <span>
            {t('since')} <Ago at={session.created_at * 1_000} />
          </span>
          {session.last_used_at !== null && !session.current && (
            <span>
              {t('used')} <Ago at={session.last_used_at * 1_000} />
            </span>
          )}
        </p>
      </div>
      {session.current ? (
        <Status tone="ok">{t('current')}</Status>
      ) : (
        <Button size="small" off={busy ? '' : null} aria-label={t('endOf', { name })} onClick={onEnd}>
          {t('end')}
        </Button>
      )}
    </li>
  );
}

/** Ends sessions and fetches the remaining ones, also after a failure. */
function useEnding<What>(mutationFn: (what: What) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: browserSessionsQuery.queryKey }),
  });
}
