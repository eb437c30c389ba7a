import type { ForkChat } from '@kumiki/api';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { showToast } from '../../ui/toast.tsx';
import {
  buildRequest,
  inputAgain,
  inputText,
  type InputMessage,
  readAttachments,
  userMessage,
} from '../model/build-request.ts';
import { newKey } from '../model/new-key.ts';
import { leafBelow } from '../model/tree.ts';
import type { Item } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import type { ChatActions } from './chat-context.tsx';
import { forkChat, updateChat } from './chats-api.ts';
import type { ChangePlace } from './use-chat-search.ts';
import type { UsedSettings } from './use-chat-settings.ts';

/** The next request in an existing chat. */
export interface Question {
  readonly input: readonly InputMessage[];
  readonly previousId: string | null;
  readonly model?: string | undefined;
  readonly attachments?: readonly string[];
  readonly key?: string;
}

/** Begins a turn in a chat. */
export function useAsk(store: ChatStore | null, used: UsedSettings, change: ChangePlace): (question: Question) => void {
  return ({ input, previousId, model = used.model ?? undefined, attachments = [], key = newKey() }) => {
    if (store === null || model === undefined) return;
    const { settings } = used;
    const body = buildRequest({ chatId: store.id, model, settings, input, previousId, attachments });
    change({ branch: null });
    void store.ask(body, previousId, key);
  };
}

/** What can be done with the turns of a chat. */
export function useTurnActions(
  store: ChatStore,
  used: UsedSettings,
  ask: (question: Question) => void,
  change: ChangePlace,
  toComposer: (text: string) => void,
): ChatActions {
  const t = useTranslations('chat');
  const errorText = useErrorText();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const fail = (error: unknown): void =>
    showToast({ title: t('actions.failed'), text: errorText(error).text, tone: 'bad' });
  return {
    store,
    models: used.models,
    regenerate(id, model) {
      const turn = store.turn(id);
      if (turn === undefined) return;
      const attachments = readAttachments(turn.response.metadata);
      ask({ input: inputAgain(turn.input), previousId: turn.previous_response_id, model, attachments });
    },
    goOn: (id) => ask({ input: [userMessage(t('end.continuePrompt'))], previousId: id }),
    edit(id, text) {
      const turn = store.turn(id);
      if (turn === undefined) return;
      const attachments = readAttachments(turn.response.metadata);
      ask({ input: [userMessage(text)], previousId: turn.previous_response_id, attachments });
    },
    fork(id, scope: ForkChat['scope']) {
      forkChat(store.id, { response_id: id, scope })
        .then((chat) => {
          showToast({ title: t('actions.forked') });
          void queryClient.invalidateQueries({ queryKey: ['chats'] });
          return navigate({ to: '/chat/$chatId', params: { chatId: chat.id } });
        })
        .catch(fail);
    },
    showBranch(id) {
      const leaf = leafBelow(store.state().tree, id) ?? id;
      store.select(leaf);
      change({ branch: leaf });
      // Other devices open the chat where it was looked at last.
      updateChat(store.id, { current_response_id: leaf }).catch(() => undefined);
    },
    takeBack() {
      const { pending } = store.state();
      if (pending !== null) toComposer(inputText(pending.body['input'] as Item[]));
      store.dropPending();
    },
    openPanel: (panel, of, source) => change({ panel, of, source: source ?? null }),
  };
}
