import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useLanguage } from '../../i18n/i18n.tsx';
import { answerText, countWords } from '../model/answer-text.ts';
import type { ChatStore } from '../run/chat-store.ts';
import { type Phase, phaseOf } from '../run/phase.ts';
import { useChatPart, useTurn } from '../state/use-chat.ts';

/** Announces the phase of the last answer once, politely. Its text is not read aloud while it is streamed. */
export function Announcer({ store }: { readonly store: ChatStore }) {
  const leaf = useChatPart(store, (state) => state.leaf);
  const turn = useTurn(store, leaf ?? '');
  const phase = useChatPart(store, ({ links, stopping }) =>
    turn === undefined ? null : phaseOf(turn, links.get(turn.response_id), stopping.has(turn.response_id)),
  );
  const [first] = useState({ leaf, phase });
  const say = useSaid();
  const [text, setText] = useState('');
  useEffect(() => {
    // An answer that had ended before the chat was opened is not announced.
    if (phase === null || turn === undefined || (first.leaf === leaf && first.phase === phase)) return;
    setText(say(phase, () => answerText(turn.response)));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- said when the phase changes, not with each token
  }, [phase, leaf]);
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}

function useSaid(): (phase: Phase, answer: () => string) => string {
  const t = useTranslations('chat.status');
  const { locale } = useLanguage();
  return (phase, answer) => {
    switch (phase) {
      case 'queued':
        return t('saidQueued');
      case 'searching':
        return t('searching');
      case 'thinking':
        return t('saidThinking');
      case 'writing':
        return t('saidWriting');
      case 'reconnecting':
        return t('saidReconnecting');
      case 'stopping':
        return t('stopping');
      case 'stopped':
        return t('saidStopped');
      case 'failed':
        return t('saidFailed');
      case 'done':
        return t('saidDone', { count: countWords(answer(), locale) });
    }
  };
}
