import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleStop, Download, Eye, MoreHorizontal, RotateCcw, Tags, Trash2 } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../shell/error-notice.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { showToast } from '../ui/toast.tsx';
import { addStoreFile, removeFile, storesKey } from './store-queries.ts';
import type { StoreFile } from './store-types.ts';

/** What can be done with a file: the likeliest as a button, the rest behind a menu. */
export function FileActions({
  storeId,
  file,
  onOpen,
  onAttributes,
  onRemove,
}: {
  readonly storeId: string;
  readonly file: StoreFile;
  readonly onOpen: () => void;
  readonly onAttributes: () => void;
  readonly onRemove: () => void;
}) {
  const t = useTranslations('knowledge.fileAction');
  const name = file.kumiki.filename;
  const again = useFileChange(() => addStoreFile(storeId, file.id, file.attributes));
  const stop = useFileChange(() => removeFile(storeId, file.id, false));
  const isStuck = file.status === 'failed' || file.status === 'cancelled';
  return (
    <span className="flex justify-end">
      {isStuck && <IconButton icon={RotateCcw} label={t('retry', { name })} onClick={() => again.mutate()} />}
      {file.status === 'in_progress' && (
        <IconButton icon={CircleStop} label={t('cancel', { name })} onClick={() => stop.mutate()} />
      )}
      <Menu
        trigger={<IconButton icon={MoreHorizontal} label={t('more', { name })} />}
        entries={[
          { label: t('open'), icon: Eye, onSelect: onOpen },
          { label: t('attributes'), icon: Tags, onSelect: onAttributes },
          { label: t('download'), icon: Download, onSelect: () => location.assign(`/v1/files/${file.id}/content`) },
          { label: t('again'), icon: RotateCcw, onSelect: () => again.mutate() },
          null,
          { label: t('remove'), icon: Trash2, danger: true, onSelect: onRemove },
        ]}
      />
    </span>
  );
}

function useFileChange(change: () => Promise<unknown>) {
  const t = useTranslations('errors');
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: change,
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: storesKey }),
    onError: (error) => showToast({ title: t('title'), text: errorText(error).text, tone: 'bad' }),
  });
}
