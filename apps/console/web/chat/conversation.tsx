import { MessagesSquare } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { type ChatActions, ChatActionsProvider } from './chat-context.tsx';
import { ChatHeader } from './chat-header.tsx';
import { ComposerArea } from './composer/composer-area.tsx';
import { DropZone } from './composer/drop-zone.tsx';
import { useComposer } from './composer/use-composer.ts';
import { userMessage } from './model/build-request.ts';
import { ChatPanel } from './panel/chat-panel.tsx';
import type { ChatStore } from './run/chat-store.ts';
import { Thread } from './thread/thread.tsx';
import type { ChangePlace, ChatPlace } from './use-chat-search.ts';
import { useChatSettings } from './use-chat-settings.ts';
import { useFreshList } from './use-chat-sync.ts';
import { useChat } from './use-chat.ts';
import { useCopyKeys } from './use-copy-keys.ts';
import { useAsk, useTurnActions } from './use-turn-actions.ts';

/** One chat: its turns and what is written next. */
export function Conversation({
  store,
  place,
  change,
}: {
  readonly store: ChatStore;
  readonly place: ChatPlace;
  readonly change: ChangePlace;
}) {
  const t = useTranslations('chat.list');
  const { chat, state } = useChat(store);
  const used = useChatSettings(store);
  const input = useRef<HTMLTextAreaElement>(null);
  const ask = useAsk(store, used, change);
  const composer = useComposer(store, used, ({ key, text, attachments }) =>
    ask({ key, input: [userMessage(text)], previousId: store.state().leaf, attachments }),
  );
  const made = useTurnActions(store, used, ask, change, (text) => composer.change({ text }));
  const actions = useStable(made);
  useBranch(store, place.branch);
  useCopyKeys(store);
  useFreshList(store);
  if (state === 'failed') return <NotThere store={store} />;
  return (
    <ChatActionsProvider value={actions}>
      <DropZone onFiles={composer.attach}>
        <ChatHeader title={chat === null ? '' : chat.title === '' ? t('untitled') : chat.title} />
        {state === 'loading' ? <Loading /> : <Thread store={store} />}
        <ComposerArea
          {...{ store, used, composer, input }}
          isPanelOpen={place.panel === 'settings'}
          onPanel={() => change({ panel: place.panel === 'settings' ? null : 'settings', of: null, source: null })}
        />
      </DropZone>
      <ChatPanel {...{ store, used, place, change }} />
    </ChatActionsProvider>
  );
}

/** The same object for as long as the chat is open, doing what the newest one does: turns are not drawn again for it. */
function useStable(made: ChatActions): ChatActions {
  const latest = useRef(made);
  latest.current = made;
  const { store, models } = made;
  return useMemo(
    () => ({
      store,
      models,
      regenerate: (...values) => latest.current.regenerate(...values),
      goOn: (...values) => latest.current.goOn(...values),
      edit: (...values) => latest.current.edit(...values),
      fork: (...values) => latest.current.fork(...values),
      showBranch: (...values) => latest.current.showBranch(...values),
      takeBack: () => latest.current.takeBack(),
      openPanel: (...values) => latest.current.openPanel(...values),
    }),
    [store, models],
  );
}

/** The branch of the address is the one that is shown. */
function useBranch(store: ChatStore, branch: string | null): void {
  const { state, leaf } = useChat(store);
  useEffect(() => {
    if (state === 'ready' && branch !== null && branch !== leaf && store.turn(branch) !== undefined)
      store.select(branch);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a turn that begins moves on without the address
  }, [store, state, branch]);
}

function Loading() {
  const t = useTranslations('chat.thread');
  return (
    <div role="status" className="mx-auto grid w-full max-w-3xl flex-1 content-start gap-4 px-4 pt-8">
      <span className="sr-only">{t('loading')}</span>
      <Skeleton className="ml-auto h-12 w-2/5" />
      <Skeleton className="h-5 w-full" />
      <Skeleton className="h-5 w-11/12" />
      <Skeleton className="h-5 w-3/4" />
    </div>
  );
}

function NotThere({ store }: { readonly store: ChatStore }) {
  const t = useTranslations('chat.thread');
  const { error } = useChat(store);
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <ChatHeader title="" />
      <div className="grid flex-1 place-items-center p-6">
        {error?.status === 404 ? (
          <EmptyState icon={<MessagesSquare aria-hidden />} title={t('notFound')}>
            {t('notFoundText')}
          </EmptyState>
        ) : (
          <ErrorNotice error={error} action={<Button onClick={() => void store.load()}>{t('reload')}</Button>} />
        )}
      </div>
    </div>
  );
}
