import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { showToast } from '../ui/toast.tsx';
import { addStoreFile, removeFile, storesKey } from './store-queries.ts';
import type { StoreFile } from './store-types.ts';

/** Asks before a file is taken out of a store. While the file itself stays, it can be brought back. */
export function RemoveFile({
  storeId,
  file,
  onClose,
}: {
  readonly storeId: string;
  /** null: nothing is asked. */
  readonly file: StoreFile | null;
  readonly onClose: () => void;
}) {
  const t = useTranslations('knowledge.remove');
  const shell = useTranslations('shell');
  const [forGood, setForGood] = useState(false);
  const queryClient = useQueryClient();
  const refresh = (): void => void queryClient.invalidateQueries({ queryKey: storesKey });
  const gone = useMutation({
    mutationFn: ({ id }: StoreFile) => removeFile(storeId, id, forGood),
    onSuccess: (_, { id, attributes, kumiki: { filename: name } }) => {
      onClose();
      refresh();
      const undo = {
        label: t('undo'),
        onClick: () => void addStoreFile(storeId, id, attributes).then(refresh),
      };
      showToast({ title: t('done', { name }), ...(forGood ? {} : { action: undo }) });
    },
  });
  return (
    <ConfirmDialog
      open={file !== null}
      onClose={onClose}
      onConfirm={() => file !== null && gone.mutate(file)}
      title={t('ask', { name: file?.kumiki.filename ?? '' })}
      confirmLabel={t('confirm')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={gone.isPending}
    >
      <p>{t('text')}</p>
      <SwitchField label={t('forGood')} hint={t('forGoodHint')} checked={forGood} onChange={setForGood} />
      {gone.error !== null && <ErrorNotice error={gone.error} />}
    </ConfirmDialog>
  );
}
