import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Plus } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useNow, useTranslations } from 'use-intl';
import { useBytes } from '../i18n/use-bytes.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState, Page, PageHeader, Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { Cell, Head, Table } from '../ui/table.tsx';
import { StoreDialog } from './store-dialog.tsx';
import { storesQuery } from './store-queries.ts';
import { StoreState } from './store-state.tsx';
import type { VectorStore } from './store-types.ts';

const nowMs = 30_000;

/** All vector stores of the project. */
export function StoreList() {
  const t = useTranslations('knowledge');
  const [creating, setCreating] = useState(false);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(storesQuery);
  const stores = data?.pages.flatMap((page) => page.data) ?? [];
  const create = (
    <Button kind="primary" icon={Plus} onClick={() => setCreating(true)}>
      {t('create')}
    </Button>
  );
  return (
    <Page>
      <PageHeader title={t('title')} note={t('note')} actions={stores.length > 0 && create} />
      {error !== null && <ErrorNotice error={error} />}
      {isPending && error === null && <Skeleton className="h-48" />}
      {!isPending && stores.length === 0 && error === null && (
        <Panel>
          <EmptyState icon={<BookOpen aria-hidden />} title={t('empty.title')} action={create}>
            {t('empty.text')}
          </EmptyState>
        </Panel>
      )}
      {stores.length > 0 && (
        <Panel flush>
          <StoreTable stores={stores} />
        </Panel>
      )}
      {hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button off={isFetchingNextPage ? '' : null} onClick={() => void fetchNextPage()}>
            {t('more')}
          </Button>
        </div>
      )}
      <StoreDialog open={creating} onClose={() => setCreating(false)} store={null} />
    </Page>
  );
}

function StoreTable({ stores }: { readonly stores: readonly VectorStore[] }) {
  const t = useTranslations('knowledge');
  const format = useFormatter();
  const bytes = useBytes();
  const now = useNow({ updateInterval: nowMs });
  return (
    <Table
      label={t('title')}
      head={
        <>
          <Head>{t('column.name')}</Head>
          <Head>{t('column.state')}</Head>
          <Head numeric>{t('column.files')}</Head>
          <Head numeric className="max-sm:hidden">
            {t('column.size')}
          </Head>
          <Head className="max-md:hidden">{t('column.model')}</Head>
          <Head className="max-sm:hidden">{t('column.used')}</Head>
        </>
      }
    >
      {stores.map((store) => (
        <tr key={store.id} className="group relative hover:bg-sunken/60">
          <Cell className="max-w-40 py-3 sm:max-w-72">
            <Link
              to="/knowledge/$storeId"
              params={{ storeId: store.id }}
              className="block truncate font-medium after:absolute after:inset-0 group-hover:text-accent-text"
            >
              <bdi>{store.name ?? t('unnamed')}</bdi>
            </Link>
          </Cell>
          <Cell>
            <StoreState store={store} />
          </Cell>
          <Cell numeric>{format.number(store.file_counts.total)}</Cell>
          <Cell numeric className="max-sm:hidden">
            {bytes(store.usage_bytes)}
          </Cell>
          <Cell className="text-soft max-md:hidden">{store.kumiki.embedding_model ?? '–'}</Cell>
          <Cell className="whitespace-nowrap text-soft max-sm:hidden">
            {format.relativeTime(new Date(store.last_active_at * 1_000), now)}
          </Cell>
        </tr>
      ))}
    </Table>
  );
}
