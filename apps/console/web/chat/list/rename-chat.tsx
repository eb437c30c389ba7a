import type { Chat } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../../shell/error-notice.tsx';
import { isComposing } from '../../shell/keys.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { chatStore } from '../run/chat-stores.ts';
import { updateChat } from '../state/chats-api.ts';

const titleCharacters = 256;

export default function RenameChat({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const t = useTranslations('chat.list');
  const shell = useTranslations('shell');
  const queryClient = useQueryClient();
  const [title, setTitle] = useState(chat.title);
  const rename = useMutation({
    mutationFn: () => updateChat(chat.id, { title: title.trim() }),
    onSuccess: async (renamed) => {
      const store = chatStore(chat.id);
      if (store.state().chat !== null) store.setChat(renamed);
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['chats'] });
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('rename')}
      closeLabel={shell('close')}
      actions={
        <>
          <Button onClick={onClose}>{shell('cancel')}</Button>
          <Button kind="primary" onClick={() => rename.mutate()}>
            {t('save')}
          </Button>
        </>
      }
    >
      <TextField
        label={t('renameLabel')}
        value={title}
        maxLength={titleCharacters}
        onChange={setTitle}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !isComposing(event.nativeEvent)) rename.mutate();
        }}
      />
      {rename.error !== null && <ErrorNotice error={rename.error} />}
    </Dialog>
  );
}
