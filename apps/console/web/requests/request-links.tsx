import type { RequestRecord } from '@kumiki/api';
import { FlaskConical, ListFilter, ScrollText } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ActionLink } from '../operate/action-link.tsx';
import { replicaOf } from '../operate/endpoint-name.ts';
import type { RequestScope } from '../operate/operate-queries.ts';

/** Where one goes from a request: `asked` is the one of its trace that asked a model for an answer. */
export function RequestLinks({
  record,
  asked,
  scope,
}: {
  readonly record: RequestRecord;
  readonly asked: RequestRecord | undefined;
  readonly scope: RequestScope;
}) {
  const t = useTranslations('requests.panel');
  const replica = asked?.replica ?? (record.kind === 'model' ? record.replica : null);
  const model = asked?.model ?? record.model;
  return (
    <div className="flex flex-wrap gap-2">
      {replica !== null && scope === 'all' && (
        <ActionLink to="/models" search={{ replica: replicaOf(replica) }} icon={ScrollText}>
          {t('log')}
        </ActionLink>
      )}
      {model !== null && (
        <ActionLink to="/requests" search={{ model }} icon={ListFilter}>
          {t('sameModel')}
        </ActionLink>
      )}
      {asked !== undefined && model !== null && (
        <ActionLink to="/playground" search={{ m: model }} icon={FlaskConical}>
          {t('playground')}
        </ActionLink>
      )}
    </div>
  );
}

/** Whether it asked a model for an answer, which the playground can do too. */
export function asksForAnswer({ model, path }: RequestRecord): boolean {
  return model !== null && (path === '/v1/chat/completions' || path === '/v1/completions');
}
