import type { RequestRecord } from '@kumiki/api';
import { FlaskConical, ListFilter, ScrollText } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ActionLink } from '../operate/action-link.tsx';
import { replicaOf } from '../operate/endpoint-name.ts';

/** Where one goes from a request. */
export function RequestLinks({ record }: { readonly record: RequestRecord }) {
  const t = useTranslations('requests.panel');
  const { kind, model, replica, path } = record;
  const answers = model !== null && /^\/v1\/(chat\/completions|completions|responses)/.test(path);
  return (
    <div className="flex flex-wrap gap-2">
      {kind === 'model' && replica !== null && (
        <ActionLink to="/models" search={{ replica: replicaOf(replica) }} icon={ScrollText}>
          {t('log')}
        </ActionLink>
      )}
      {model !== null && (
        <ActionLink to="/requests" search={{ model }} icon={ListFilter}>
          {t('sameModel')}
        </ActionLink>
      )}
      {answers && (
        <ActionLink to="/playground" search={{ model }} icon={FlaskConical}>
          {t('playground')}
        </ActionLink>
      )}
    </div>
  );
}
