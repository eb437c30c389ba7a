import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useFormatter, useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { EmptyState, Panel } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { DropZone } from './drop-zone.tsx';
import { FileTable } from './file-table.tsx';
import { filesQuery, storesKey } from './store-queries.ts';
import type { FileStatus, VectorStore } from './store-types.ts';
import { UploadList } from './upload-list.tsx';
import { upload } from './upload-queue.ts';

const statuses = ['in_progress', 'completed', 'failed', 'cancelled'] as const;

/** The files of a store, and where new ones come in. */
export function FilesPanel({ store }: { readonly store: VectorStore }) {
  const t = useTranslations('knowledge');
  const queryClient = useQueryClient();
  const address = useAddress();
  const chosen = statuses.find((status) => status === address.get('status')) ?? null;
  const query = useInfiniteQuery(filesQuery(store.id, chosen));
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const files = data?.pages.flatMap((page) => page.data) ?? [];
  // The first file of a store is counted before the list of files is asked for again.
  const isEmpty = files.length === 0 && (chosen !== null || store.file_counts.total === 0);
  const add = (added: readonly File[]): void => {
    upload(store.id, added, {}, () => void queryClient.invalidateQueries({ queryKey: storesKey }));
  };
  return (
    <DropZone onFiles={add} off={store.status === 'expired' ? t('expiredHint') : null}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        <UploadList storeId={store.id} />
        {error !== null && <ErrorNotice error={error} />}
        <Panel
          title={t('files.title')}
          flush
          actions={<StatusFilter store={store} chosen={chosen} onChoose={(status) => address.set({ status })} />}
        >
          {files.length === 0 && (isPending || !isEmpty) && <Skeleton className="m-5 h-32" />}
          {!isPending && isEmpty && (
            <EmptyState
              icon={<FileText aria-hidden />}
              title={chosen === null ? t('files.empty') : t('files.noneOfState')}
            >
              {chosen === null && t('files.emptyText')}
            </EmptyState>
          )}
          {files.length > 0 && <FileTable storeId={store.id} files={files} />}
          {hasNextPage && (
            <div className="flex justify-center border-t border-line p-3">
              <Button off={isFetchingNextPage ? '' : null} onClick={() => void fetchNextPage()}>
                {t('more')}
              </Button>
            </div>
          )}
        </Panel>
      </div>
    </DropZone>
  );
}

function StatusFilter({
  store,
  chosen,
  onChoose,
}: {
  readonly store: VectorStore;
  readonly chosen: FileStatus | null;
  readonly onChoose: (status: FileStatus | null) => void;
}) {
  const t = useTranslations('knowledge');
  const format = useFormatter();
  const counts = store.file_counts;
  const shown = statuses.filter((status) => counts[status] > 0 || status === chosen);
  if (counts.total === 0) return null;
  return (
    <div role="group" aria-label={t('files.filter')} className="flex flex-wrap gap-1">
      {([null, ...shown] as const).map((status) => (
        <button
          key={status ?? 'all'}
          type="button"
          aria-pressed={chosen === status}
          onClick={() => onChoose(status)}
          className={classes(
            'inline-flex h-8 items-center gap-1.5 rounded-full px-3 text-xs',
            chosen === status ? 'bg-accent-soft font-medium text-accent-text' : 'text-soft hover:bg-sunken',
          )}
        >
          {status === null ? t('files.all') : t(`fileState.${status}`)}
          <span className="tabular-nums">{format.number(status === null ? counts.total : counts[status])}</span>
        </button>
      ))}
    </div>
  );
}
