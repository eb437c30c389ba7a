import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { showToast } from '../ui/toast.tsx';
import { deleteStore, storesKey } from './store-queries.ts';
import type { VectorStore } from './store-types.ts';

/** Asks before a store is deleted, by its name, and whether its files go too. */
export function DeleteStore({
  open,
  onClose,
  store,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly store: VectorStore;
}) {
  const t = useTranslations('knowledge');
  const shell = useTranslations('shell');
  const [withFiles, setWithFiles] = useState(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const name = store.name ?? store.id;
  const gone = useMutation({
    mutationFn: () => deleteStore(store.id, withFiles),
    onSuccess: async () => {
      showToast({ title: t('delete.done', { name }) });
      await navigate({ to: '/knowledge' });
      await queryClient.invalidateQueries({ queryKey: storesKey });
    },
  });
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      onConfirm={() => gone.mutate()}
      title={t('delete.ask', { name })}
      confirmLabel={t('delete.title')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={gone.isPending}
      typed={{ name, label: t('delete.type', { name }) }}
    >
      <p>{t('delete.text', { count: store.file_counts.total })}</p>
      {store.file_counts.total > 0 && (
        <SwitchField
          label={t('delete.withFiles', { count: store.file_counts.total })}
          hint={t('delete.withFilesHint')}
          checked={withFiles}
          onChange={setWithFiles}
        />
      )}
      {gone.error !== null && <ErrorNotice error={gone.error} />}
    </ConfirmDialog>
  );
}
