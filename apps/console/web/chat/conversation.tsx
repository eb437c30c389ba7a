import { MessagesSquare } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/panel.tsx';
import { ChatHeader } from './chat-header.tsx';
import { ComposerArea } from './composer/composer-area.tsx';
import { DropZone } from './composer/drop-zone.tsx';
import { useComposer } from './composer/use-composer.ts';
import { LoadingThread } from './loading-thread.tsx';
import { userMessage } from './model/build-request.ts';
import type { ChatStore } from './run/chat-store.ts';
import { type ChatActions, ChatActionsProvider } from './state/chat-context.tsx';
import type { ChangePlace, ChatPlace } from './state/use-chat-search.ts';
import { useChatSettings } from './state/use-chat-settings.ts';
import { useFreshList } from './state/use-chat-sync.ts';
import { useChatPart } from './state/use-chat.ts';
import { useCopyKeys } from './state/use-copy-keys.ts';
import { useAsk, useTurnActions } from './state/use-turn-actions.ts';
import { Thread } from './thread/thread.tsx';

/** The side panel's code is loaded when it is first opened. */
const ChatPanel = lazy(() => import('./panel/chat-panel.tsx'));

/** One chat: its turns and what is written next. */
export default function Conversation({
  store,
  place,
  change,
}: {
  readonly store: ChatStore;
  readonly place: ChatPlace;
  readonly change: ChangePlace;
}) {
  const t = useTranslations('chat.list');
  const chat = useChatPart(store, (now) => now.chat);
  const state = useChatPart(store, (now) => now.state);
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
        {state === 'loading' ? <LoadingThread /> : <Thread store={store} />}
        <ComposerArea
          {...{ store, used, composer, input }}
          isPanelOpen={place.panel === 'settings'}
          onPanel={() => change({ panel: place.panel === 'settings' ? null : 'settings', of: null, source: null })}
        />
      </DropZone>
      {place.panel !== null && (
        <Suspense>
          <ChatPanel {...{ store, used, place, change }} />
        </Suspense>
      )}
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
  const state = useChatPart(store, (now) => now.state);
  const leaf = useChatPart(store, (now) => now.leaf);
  useEffect(() => {
    if (state === 'ready' && branch !== null && branch !== leaf && store.turn(branch) !== undefined)
      store.select(branch);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- a turn that begins moves on without the address
  }, [store, state, branch]);
}

function NotThere({ store }: { readonly store: ChatStore }) {
  const t = useTranslations('chat.thread');
  const error = useChatPart(store, (now) => now.error);
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
