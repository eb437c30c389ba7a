import type { RequestRecord } from '@kumiki/api';
import { useTranslations } from 'use-intl';
import { CopyButton } from '../ui/copy-button.tsx';

const names = ['id', 'trace_id', 'span_id', 'key_id', 'project', 'replica', 'revision'] as const;

/** What support, a log or a tracing tool asks for. */
export function RequestIds({ record }: { readonly record: RequestRecord }) {
  const t = useTranslations('requests.ids');
  const shell = useTranslations('shell');
  return (
    <section aria-label={t('title')}>
      <h3 className="mb-1 text-sm font-semibold">{t('title')}</h3>
      <dl className="grid gap-x-6 sm:grid-cols-2">
        {names.map((name) => {
          const value = record[name];
          if (value === null) return null;
          return (
            <div key={name} className="flex items-center gap-2 border-b border-line py-0.5 text-sm">
              <dt className="w-32 shrink-0 text-xs text-soft">
                {t(name)} <code className="font-mono text-faint">{name}</code>
              </dt>
              <dd className="flex min-w-0 flex-1 items-center gap-2">
                <span className="min-w-0 flex-1 truncate font-mono text-xs" title={value}>
                  {value}
                </span>
                <CopyButton text={value} label={`${shell('copy')}: ${t(name)}`} doneLabel={shell('copied')} />
              </dd>
            </div>
          );
        })}
      </dl>
      <p className="mt-2 text-xs text-faint">{t('noContent')}</p>
    </section>
  );
}
