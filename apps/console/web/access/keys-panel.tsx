import type { ApiKey } from '@kumiki/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { unknown } from '../operate/use-quantities.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useSession } from '../shell/session-gate.tsx';
import { Button } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { Status } from '../ui/status.tsx';
import { Cell, Head, Table } from '../ui/table.tsx';
import { keysQuery } from './access-queries.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

/** Every key with what it may do, never the key itself. */
export function KeysPanel() {
  const t = useTranslations('access.keys');
  const { data, error, isPending } = useQuery(keysQuery);
  const [revoked, setRevoked] = useState<ApiKey | null>(null);
  const session = useSession();
  return (
    <Panel title={t('title')} note={t('note')} flush>
      {error !== null && <ErrorNotice error={error} />}
      {isPending && <Skeleton className="m-5 h-24" />}
      {data !== undefined && (
        <Table
          label={t('title')}
          head={
            <>
              <Head>{t('name')}</Head>
              <Head>{t('project')}</Head>
              <Head>{t('roles')}</Head>
              <Head>{t('models')}</Head>
              <Head numeric>{t('requests')}</Head>
              <Head numeric>{t('tokens')}</Head>
              <Head numeric>{t('open')}</Head>
              <Head>{t('expires')}</Head>
              <Head>
                <span className="sr-only">{t('revoke')}</span>
              </Head>
            </>
          }
        >
          {data.map((key) => (
            <Row key={key.id} apiKey={key} own={key.id === session.key.id} onRevoke={() => setRevoked(key)} />
          ))}
        </Table>
      )}
      {revoked !== null && (
        <RevokeDialog apiKey={revoked} own={revoked.id === session.key.id} onClose={() => setRevoked(null)} />
      )}
    </Panel>
  );
}

function Row({
  apiKey,
  own,
  onRevoke,
}: {
  readonly apiKey: ApiKey;
  readonly own: boolean;
  readonly onRevoke: () => void;
}) {
  const t = useTranslations('access.keys');
  const format = useFormatter();
  const { name, project, roles, models, limits, expires_at: expiresAt, redacted_value: redacted } = apiKey;
  const limit = (value: number | null): string => (value === null ? unknown : format.number(value));
  return (
    <tr>
      <Cell>
        <span className="flex flex-wrap items-center gap-x-2">
          <bdi>{name}</bdi>
          {own && <Status tone="ok">{t('own')}</Status>}
        </span>
        <span className="block font-mono text-xs text-faint">{redacted}</span>
      </Cell>
      <Cell>
        <bdi>{project}</bdi>
      </Cell>
      <Cell>{roles.join(', ')}</Cell>
      <Cell>{models === null ? t('all') : models.join(', ')}</Cell>
      <Cell numeric>{limit(limits.requests_per_minute)}</Cell>
      <Cell numeric>{limit(limits.tokens_per_minute)}</Cell>
      <Cell numeric>{limit(limits.max_concurrent)}</Cell>
      <Cell className="whitespace-nowrap">
        {expiresAt === null ? t('never') : format.dateTime(new Date(expiresAt * 1_000), { dateStyle: 'medium' })}
      </Cell>
      <Cell numeric>
        <Button size="small" aria-label={t('revokeOf', { name })} onClick={onRevoke}>
          {t('revoke')}
        </Button>
      </Cell>
    </tr>
  );
}
