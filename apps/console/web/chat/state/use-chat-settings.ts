import type { ChatSettings } from '@kumiki/api';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { useSetting } from '../../stored/stored-settings.ts';
import { showToast } from '../../ui/toast.tsx';
import type { ChatStore } from '../run/chat-store.ts';
import { chatModelsQuery, updateChat } from './chats-api.ts';

/** Between the last change of the settings and their way to the server. */
const saveMs = 600;

export interface UsedSettings {
  readonly settings: ChatSettings;
  /** The model of the next turn; null while there is none. */
  readonly model: string | null;
  readonly models: readonly string[];
  readonly change: (part: ChatSettings) => void;
}

const noModels: readonly string[] = [];

/** The settings of a chat's next turn; for a new chat those of its first. */
export function useChatSettings(store: ChatStore | null): UsedSettings {
  const t = useTranslations('chat.actions');
  const errorText = useErrorText();
  const { data: models = noModels } = useQuery(chatModelsQuery);
  const [usual, setUsual] = useSetting('chatModel');
  const [fresh, setFresh] = useState<ChatSettings>({});
  const chat = useSyncExternalStore(store?.subscribe ?? never, () => store?.state().chat ?? null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (store === null) return undefined;
    setFresh({});
    return undefined;
  }, [store]);
  const settings = store === null ? fresh : (chat?.settings ?? {});
  const wanted = settings.model ?? usual;
  return {
    settings,
    models,
    model: models.includes(wanted) ? wanted : (settings.model ?? models[0] ?? null),
    change(part) {
      const next = { ...settings, ...part };
      if (part.model != null) setUsual(part.model);
      if (store === null || chat === null) return setFresh(next);
      store.setChat({ ...chat, settings: next });
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        updateChat(store.id, { settings: next }).catch((error: unknown) =>
          showToast({ title: t('failed'), text: errorText(error).text, tone: 'bad' }),
        );
      }, saveMs);
      return undefined;
    },
  };
}

function never(): () => void {
  return () => undefined;
}
