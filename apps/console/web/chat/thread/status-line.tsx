import { useEffect, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Status } from '../../ui/status.tsx';
import type { ShownTurn } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import { liveRate, type Phase, phaseOf } from '../run/phase.ts';
import { useChatPart } from '../state/use-chat.ts';

/** What an answer is doing: queued, thinking, or its tokens per second. */
export function StatusLine({ store, turn }: { readonly store: ChatStore; readonly turn: ShownTurn }) {
  const id = turn.response_id;
  const link = useChatPart(store, ({ links }) => links.get(id));
  const isStopping = useChatPart(store, ({ stopping }) => stopping.has(id));
  const phase = phaseOf(turn, link, isStopping);
  const text = usePhaseText(phase, turn);
  // A lost answer has its own notice.
  if (link === 'lost') return null;
  return (
    <div className="mt-3" data-phase={phase}>
      <Status tone={phase === 'reconnecting' ? 'warn' : 'busy'} plain>
        {text}
      </Status>
    </div>
  );
}

function usePhaseText(phase: Phase, turn: ShownTurn): string {
  const t = useTranslations('chat.status');
  const format = useFormatter();
  const seconds = useSeconds(phase === 'thinking', turn.created_at);
  switch (phase) {
    case 'queued':
      return t('queued');
    case 'searching':
      return t('searching');
    case 'thinking':
      return t('thinking', { seconds });
    case 'reconnecting':
      return t('reconnecting');
    case 'stopping':
      return t('stopping');
    case 'writing':
    case 'done':
    case 'stopped':
    case 'failed': {
      const rate = liveRate(turn);
      return rate === null
        ? t('writingPlain')
        : t('writing', { rate: format.number(rate, { maximumFractionDigits: 0 }) });
    }
  }
}

const tickMs = 1_000;

/** Whole seconds since this was shown first, or since the turn began where that was shortly before. */
function useSeconds(isOn: boolean, since: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isOn) return undefined;
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [isOn]);
  // Clocks of two machines need not agree.
  return Math.max(0, Math.round(now / 1_000 - since));
}
