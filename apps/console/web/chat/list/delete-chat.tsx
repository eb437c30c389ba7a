import type { Chat } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { deleteChatFiles } from '../composer/chat-files.ts';
import { clearDraft } from '../composer/drafts.ts';
import { forgetChat } from '../run/chat-stores.ts';
import { deleteChat } from '../state/chats-api.ts';

export default function DeleteChat({
  chat,
  title,
  onClose,
  onDeleted,
}: {
  readonly chat: Chat;
  readonly title: string;
  readonly onClose: () => void;
  readonly onDeleted: () => void;
}) {
  const t = useTranslations('chat.list');
  const shell = useTranslations('shell');
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => deleteChat(chat.id),
    onSuccess: async () => {
      onClose();
      onDeleted();
      forgetChat(chat.id);
      clearDraft(chat.id);
      showToast({ title: t('deleted') });
      await queryClient.invalidateQueries({ queryKey: ['chats'] });
      // Nothing else uses its files. Files whose deletion fails stay visible under Knowledge.
      await deleteChatFiles(chat.id, chat.settings.vector_store_ids ?? []).catch(() => undefined);
    },
    onError: (error) => showToast({ title: t('failed'), text: errorText(error).text, tone: 'bad' }),
  });
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      title={t('deleteTitle')}
      confirmLabel={t('delete')}
      cancelLabel={shell('cancel')}
      closeLabel={shell('close')}
      busy={remove.isPending}
    >
      <p>{t('deleteText', { title })}</p>
    </ConfirmDialog>
  );
}
