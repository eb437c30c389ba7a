import type { Chat } from '@kumiki/api';
import { useQueryClient } from '@tanstack/react-query';
import { Ellipsis, LoaderCircle, PencilLine, Pin, PinOff, Trash2 } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Menu } from '../../ui/menu.tsx';
import { showToast } from '../../ui/toast.tsx';
import { updateChat } from '../state/chats-api.ts';

const DeleteChat = lazy(() => import('./delete-chat.tsx'));
const RenameChat = lazy(() => import('./rename-chat.tsx'));

export interface ChatRowsProps {
  readonly current: string | null;
  readonly onOpen: (id: string) => void;
  /** A chat has been deleted. */
  readonly onDeleted: (id: string) => void;
}

export function ChatRows({
  title,
  chats,
  ...props
}: ChatRowsProps & { readonly title: string; readonly chats: readonly Chat[] }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-3 first:mt-1">
      <h2 id={id} className="px-2 pb-1 text-xs font-medium text-faint">
        {title}
      </h2>
      <ul className="grid grid-cols-[minmax(0,1fr)] gap-px">
        {chats.map((chat) => (
          <ChatRow key={chat.id} chat={chat} {...props} />
        ))}
      </ul>
    </section>
  );
}

function ChatRow({ chat, current, onOpen, onDeleted }: ChatRowsProps & { readonly chat: Chat }) {
  const t = useTranslations('chat.list');
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const title = chat.title === '' ? t('untitled') : chat.title;
  const isCurrent = chat.id === current;
  return (
    <li
      className={classes(
        'group relative flex items-center rounded-lg',
        isCurrent ? 'bg-accent-soft' : 'hover:bg-sunken',
      )}
    >
      <a
        href={`/chat/${chat.id}`}
        aria-current={isCurrent ? 'page' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          onOpen(chat.id);
        }}
        className={classes(
          'flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-lg px-2 text-sm',
          isCurrent && 'font-medium text-accent-text',
        )}
      >
        <bdi className="truncate">{title}</bdi>
        {chat.running > 0 && (
          <LoaderCircle
            role="img"
            aria-label={t('running')}
            className="size-3.5 shrink-0 animate-spin text-accent-text motion-reduce:animate-none"
          />
        )}
      </a>
      <RowMenu chat={chat} title={title} onRename={() => setDialog('rename')} onDelete={() => setDialog('delete')} />
      <Suspense>
        {dialog === 'rename' && <RenameChat chat={chat} onClose={() => setDialog(null)} />}
        {dialog === 'delete' && (
          <DeleteChat chat={chat} title={title} onClose={() => setDialog(null)} onDeleted={() => onDeleted(chat.id)} />
        )}
      </Suspense>
    </li>
  );
}

function RowMenu({
  chat,
  title,
  onRename,
  onDelete,
}: {
  readonly chat: Chat;
  readonly title: string;
  readonly onRename: () => void;
  readonly onDelete: () => void;
}) {
  const t = useTranslations('chat.list');
  const errorText = useErrorText();
  const queryClient = useQueryClient();
  const pin = (): void => {
    updateChat(chat.id, { pinned: !chat.pinned })
      .then(() => queryClient.invalidateQueries({ queryKey: ['chats'] }))
      .catch((error: unknown) => showToast({ title: t('failed'), text: errorText(error).text, tone: 'bad' }));
  };
  return (
    <Menu
      trigger={
        <IconButton
          icon={Ellipsis}
          label={t('actions', { title })}
          className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 data-[popup-open]:opacity-100 pointer-coarse:opacity-100"
        />
      }
      entries={[
        { label: chat.pinned ? t('unpin') : t('pin'), icon: chat.pinned ? PinOff : Pin, onSelect: pin },
        { label: t('rename'), icon: PencilLine, onSelect: onRename },
        null,
        { label: t('delete'), icon: Trash2, onSelect: onDelete, danger: true },
      ]}
    />
  );
}
