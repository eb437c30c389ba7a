import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, MoreHorizontal, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useBytes } from '../i18n/use-bytes.ts';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Menu } from '../ui/menu.tsx';
import { Page, PageHeader } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { DeleteStore } from './delete-store.tsx';
import { DocumentDialog } from './document-dialog.tsx';
import { FilesPanel } from './files-panel.tsx';
import { SearchPanel } from './search-panel.tsx';
import { StoreDialog } from './store-dialog.tsx';
import { storeQuery } from './store-queries.ts';
import { StoreState } from './store-state.tsx';
import type { VectorStore } from './store-types.ts';

/** One vector store: its files, and what a search in it finds. */
export function StoreView({ id }: { readonly id: string }) {
  const t = useTranslations('knowledge');
  const address = useAddress();
  const { data: store, error } = useQuery(storeQuery(id));
  const tab = address.get('tab') === 'search' ? 'search' : 'files';
  return (
    <Page wide>
      <Link
        to="/knowledge"
        className="mb-3 inline-flex h-8 items-center gap-1.5 rounded-lg text-sm text-soft hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {t('title')}
      </Link>
      {error !== null && <ErrorNotice error={error} />}
      {store === undefined && error === null && <Skeleton className="h-64" />}
      {store !== undefined && (
        <>
          <StoreHeader store={store} />
          <Tabs
            label={t('tabs.label')}
            value={tab}
            onChange={(value) => address.set({ tab: value === 'files' ? null : value })}
            tabs={[
              { value: 'files', label: t('tabs.files'), panel: <FilesPanel store={store} /> },
              { value: 'search', label: t('tabs.search'), panel: <SearchPanel store={store} /> },
            ]}
          />
          <DocumentDialog storeId={store.id} />
        </>
      )}
    </Page>
  );
}

function StoreHeader({ store }: { readonly store: VectorStore }) {
  const t = useTranslations('knowledge');
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null);
  return (
    <>
      <PageHeader
        title={
          <span className="inline-flex flex-wrap items-center gap-x-3 gap-y-1">
            <bdi>{store.name ?? t('unnamed')}</bdi>
            <StoreState store={store} />
          </span>
        }
        note={<StoreFacts store={store} />}
        actions={
          <>
            <Button icon={Pencil} onClick={() => setDialog('edit')}>
              {t('edit')}
            </Button>
            <Menu
              trigger={<IconButton icon={MoreHorizontal} label={t('actions')} size="medium" kind="secondary" />}
              entries={[{ label: t('delete.title'), icon: Trash2, danger: true, onSelect: () => setDialog('delete') }]}
            />
          </>
        }
      />
      <StoreDialog open={dialog === 'edit'} onClose={() => setDialog(null)} store={store} />
      <DeleteStore open={dialog === 'delete'} onClose={() => setDialog(null)} store={store} />
    </>
  );
}

function StoreFacts({ store }: { readonly store: VectorStore }) {
  const t = useTranslations('knowledge.facts');
  const shell = useTranslations('shell');
  const format = useFormatter();
  const bytes = useBytes();
  const facts = [
    t('files', { count: store.file_counts.total }),
    bytes(store.usage_bytes),
    store.kumiki.embedding_model,
    store.expires_at === null
      ? null
      : t('expires', { date: format.dateTime(new Date(store.expires_at * 1_000), { dateStyle: 'medium' }) }),
  ].filter((fact) => fact !== null);
  return (
    <span className="flex flex-wrap items-center gap-x-3">
      {facts.map((fact) => (
        <span key={fact} className="whitespace-nowrap">
          {fact}
        </span>
      ))}
      <span className="inline-flex min-w-0 items-center gap-0.5 text-faint">
        <code className="truncate font-mono text-xs">{store.id}</code>
        <CopyButton text={store.id} label={t('copyId')} doneLabel={shell('copied')} />
      </span>
    </span>
  );
}
