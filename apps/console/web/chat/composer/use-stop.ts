import { useSyncExternalStore } from 'react';
import { useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { useShortcut } from '../../shell/keys.ts';
import { showToast } from '../../ui/toast.tsx';
import type { ChatStore } from '../run/chat-store.ts';
import { isRunning } from '../state/use-chat.ts';

/** Stops the running answer by its button, or by Esc with any focus. */
export function useStop(store: ChatStore | null): { readonly stop: () => void; readonly isStopping: boolean } {
  const t = useTranslations('chat.actions');
  const errorText = useErrorText();
  const isStopping = useSyncExternalStore(store?.subscribe ?? never, () => {
    const state = store?.state();
    return state?.leaf != null && state.stopping.has(state.leaf);
  });
  const stop = (): void => {
    store
      ?.stop()
      .catch((error: unknown) => showToast({ title: t('failed'), text: errorText(error).text, tone: 'bad' }));
  };
  useShortcut('stop', () => {
    // Esc closes an open popup first.
    if (store === null || !isRunning(store) || document.querySelector('[data-base-ui-portal] [data-open]') !== null)
      return false;
    stop();
    return undefined;
  });
  return { stop, isStopping };
}

function never(): () => void {
  return () => undefined;
}
