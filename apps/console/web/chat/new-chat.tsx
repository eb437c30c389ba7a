import type { ChatSettings } from '@kumiki/api';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { ChatHeader } from './chat-header.tsx';
import { ownChatFiles } from './composer/chat-files.ts';
import { ComposerArea } from './composer/composer-area.tsx';
import { clearDraft, newChatKey } from './composer/drafts.ts';
import { DropZone } from './composer/drop-zone.tsx';
import { type Outgoing, useComposer } from './composer/use-composer.ts';
import { EmptyChat } from './empty-chat.tsx';
import { buildRequest, userMessage } from './model/build-request.ts';
import { newKey } from './model/new-key.ts';
import { chatStore } from './run/chat-stores.ts';
import { createChat } from './state/chats-api.ts';
import type { ChangePlace, ChatPlace } from './state/use-chat-search.ts';
import { useChatSettings, type UsedSettings } from './state/use-chat-settings.ts';

const SettingsPanel = lazy(() => import('./panel/settings-panel.tsx'));

/** A chat that does not exist yet: it does with its first message. */
export function NewChat({
  place,
  change,
  title,
}: {
  readonly place: ChatPlace;
  readonly change: ChangePlace;
  readonly title: string;
}) {
  const used = useChatSettings(null);
  const input = useRef<HTMLTextAreaElement>(null);
  const { start, error } = useStart(used, (text) => composer.change({ text }));
  const composer = useComposer(null, used, (message) => void start(message));
  useEffect(() => input.current?.focus(), []);
  const isWriting = composer.draft.text !== '';
  useEffect(() => {
    // There before the first message is sent.
    if (isWriting) void import('./conversation.tsx');
  }, [isWriting]);
  const isOpen = place.panel === 'settings';
  return (
    <>
      <DropZone onFiles={composer.attach}>
        <ChatHeader title={title} />
        <EmptyChat
          model={used.model}
          onPrompt={(text) => void start({ key: newKey(), text, attachments: [], storeId: null }, surest)}
        />
        {error !== null && (
          <div className="mx-auto mb-3 w-full max-w-3xl px-4">
            <ErrorNotice error={error} />
          </div>
        )}
        <ComposerArea
          store={null}
          {...{ used, composer, input }}
          isPanelOpen={isOpen}
          onPanel={() => change({ panel: isOpen ? null : 'settings' })}
        />
      </DropZone>
      {isOpen && (
        <Suspense>
          <SettingsPanel used={used} onClose={() => change({ panel: null })} />
        </Suspense>
      )}
    </>
  );
}

/** The prompts offered are for a tiny model, which knows its answers by heart and loses them by chance. */
const surest: ChatSettings = { temperature: 0 };

/** Makes the chat, sends its first message, and goes there. A message that cannot be sent comes back. */
function useStart(used: UsedSettings, giveBack: (text: string) => void) {
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const start = async ({ key, text, attachments, storeId }: Outgoing, more: ChatSettings = {}): Promise<void> => {
    const { model } = used;
    const settings = { ...used.settings, ...more };
    if (model === null) return;
    setError(null);
    try {
      const chat = await createChat({ ...settings, model });
      if (storeId !== null) void ownChatFiles(storeId, chat.id).catch(() => undefined);
      const input = [userMessage(text)];
      const body = buildRequest({ chatId: chat.id, model, settings, input, previousId: null, attachments });
      const store = chatStore(chat.id, chat);
      void store.ask(body, null, key);
      clearDraft(newChatKey);
      await navigate({ to: '/chat/$chatId', params: { chatId: chat.id } });
    } catch (thrown) {
      giveBack(text);
      setError(thrown);
    }
  };
  return { start, error };
}
