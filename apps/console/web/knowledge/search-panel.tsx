import { useQuery } from '@tanstack/react-query';
import { SearchX, TextSearch } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useAddress } from '../shell/use-address.ts';
import { EmptyState, Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { termsOf } from './find-terms.ts';
import { SearchForm } from './search-form.tsx';
import { type Found, readRequest, searchQuery, toAddress } from './search-request.ts';
import { SearchResultCard } from './search-result.tsx';
import type { VectorStore } from './store-types.ts';

/** As the layout below has it. */
const sideBySide = '(width >= 64rem)';

/** Tries searches in this store with all parameters of the API. */
export function SearchPanel({ store }: { readonly store: VectorStore }) {
  const address = useAddress();
  const request = readRequest(address);
  const query = useQuery(searchQuery(store.id, request));
  const results = useRef<HTMLDivElement>(null);
  /** Where form and results do not stand side by side, what was found would be out of sight. */
  const showResults = (): void => {
    if (!matchMedia(sideBySide).matches) results.current?.scrollIntoView({ block: 'start' });
  };
  return (
    <div className="grid items-start gap-5 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(20rem,26rem)_minmax(0,1fr)]">
      <SearchForm
        key={JSON.stringify(request)}
        store={store}
        request={request}
        busy={query.isFetching}
        onSearch={(next) => {
          showResults();
          const changes = toAddress(next);
          if (JSON.stringify(toAddress(request)) === JSON.stringify(changes)) void query.refetch();
          else address.set(changes, 'push');
        }}
      />
      <div ref={results} className="min-w-0 scroll-mt-2">
        {query.error !== null && <ErrorNotice error={query.error} />}
        {query.isFetching && <Skeleton className="h-72" />}
        {!query.isFetching && query.error === null && <Results found={query.data} query={request.query} />}
      </div>
    </div>
  );
}

function Results({ found, query }: { readonly found: Found | undefined; readonly query: string }) {
  const t = useTranslations('knowledge.search');
  const format = useFormatter();
  const address = useAddress();
  const terms = useMemo(() => termsOf(query), [query]);
  if (found === undefined) {
    return (
      <Panel>
        <EmptyState icon={<TextSearch aria-hidden />} title={t('first')}>
          {t('firstText')}
        </EmptyState>
      </Panel>
    );
  }
  const { results, tookMs } = found;
  const highest = results[0]?.score ?? 1;
  return (
    <section aria-label={t('results')} className="grid grid-cols-[minmax(0,1fr)] gap-3">
      <p role="status" className="text-sm text-soft">
        {t('found', { count: results.length, ms: format.number(Math.round(tookMs)) })}
      </p>
      {results.length === 0 && (
        <Panel>
          <EmptyState icon={<SearchX aria-hidden />} title={t('nothing')}>
            {t('nothingText')}
          </EmptyState>
        </Panel>
      )}
      <ol className="grid grid-cols-[minmax(0,1fr)] gap-3">
        {results.map((result, index) => (
          <SearchResultCard
            key={result.kumiki.chunk_id}
            rank={index + 1}
            result={result}
            terms={terms}
            share={result.score / highest}
            onOpen={() => address.set({ file: result.file_id, chunk: result.kumiki.chunk_id }, 'push')}
          />
        ))}
      </ol>
    </section>
  );
}
