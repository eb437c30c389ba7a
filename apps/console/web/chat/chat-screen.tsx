import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useTranslations } from 'use-intl';
import { useShortcut } from '../shell/keys.ts';
import { ChatListColumn } from './list/chat-list-column.tsx';
import { useList } from './list/use-list.ts';
import { LoadingThread } from './loading-thread.tsx';
import { NewChat } from './new-chat.tsx';
import { chatStore } from './run/chat-stores.ts';
import { useChatPlace } from './state/use-chat-search.ts';
import { useChatSync } from './state/use-chat-sync.ts';

/** Reading needs Markdown and more, which a new chat does not. */
const Conversation = lazy(() => import('./conversation.tsx'));

/** The chat: the list of chats, one of them, and what is looked at beside it. */
export default function ChatScreen() {
  const t = useTranslations('chat');
  const [place, change] = useChatPlace();
  const navigate = useNavigate();
  const { isShown, show } = useList();
  useShortcut('sidebar', () => show(!isShown));
  const { chatId } = place;
  useChatSync(chatId);
  const open = (id: string | null): void =>
    void (id === null ? navigate({ to: '/chat' }) : navigate({ to: '/chat/$chatId', params: { chatId: id } }));
  return (
    <div className="flex h-full">
      <ChatListColumn
        current={chatId}
        onOpen={open}
        onNew={() => open(null)}
        onDeleted={(id) => id === chatId && open(null)}
      />
      {chatId === null ? (
        <NewChat place={place} change={change} title={t('title')} />
      ) : (
        <Suspense fallback={<LoadingThread />}>
          <Conversation key={chatId} store={chatStore(chatId)} place={place} change={change} />
        </Suspense>
      )}
    </div>
  );
}
