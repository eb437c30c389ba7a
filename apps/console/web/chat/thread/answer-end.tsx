import { ArrowRight, RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { ApiError } from '../../api/api-error.ts';
import { ErrorNotice } from '../../shell/error-notice.tsx';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/status.tsx';
import { answerText } from '../model/answer-text.ts';
import type { ShownTurn } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import { useChatActions } from '../state/chat-context.tsx';
import { useChatPart } from '../state/use-chat.ts';

/** Why an answer ended before its end, and what can be done about it. */
export function AnswerEnd({
  store,
  turn,
  isLast,
}: {
  readonly store: ChatStore;
  readonly turn: ShownTurn;
  readonly isLast: boolean;
}) {
  const t = useTranslations('chat.end');
  const text = useEndText(turn);
  const { response, response_id: id } = turn;
  const isLost = useChatPart(store, ({ links }) => links.get(id) === 'lost');
  const ways = isLast ? <EndWays id={id} hasText={answerText(response) !== ''} /> : null;
  if (isLost) {
    return (
      <End>
        <Notice
          tone="bad"
          title={t('lost')}
          action={<Button onClick={() => store.hear(id)}>{t('lostAgain')}</Button>}
        />
      </End>
    );
  }
  if (response.status === 'failed') {
    const { code, message } = response.error ?? { code: 'server_error', message: '' };
    return (
      <End>
        <ErrorNotice
          error={new ApiError(message, { code, requestId: turn.requestId })}
          title={t('failed')}
          action={ways}
        />
      </End>
    );
  }
  return text === null ? null : (
    <End>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-soft">
        <span>{text}</span>
        {ways}
      </div>
    </End>
  );
}

function End({ children }: { readonly children: ReactNode }) {
  return <div className="mt-4">{children}</div>;
}

function EndWays({ id, hasText }: { readonly id: string; readonly hasText: boolean }) {
  const t = useTranslations('chat.end');
  const { goOn, regenerate } = useChatActions();
  return (
    <span className="flex flex-wrap gap-2">
      {hasText && (
        <Button size="small" icon={ArrowRight} onClick={() => goOn(id)}>
          {t('continue')}
        </Button>
      )}
      <Button size="small" icon={RefreshCw} onClick={() => regenerate(id)}>
        {t('regenerate')}
      </Button>
    </span>
  );
}

function useEndText(turn: ShownTurn): string | null {
  const t = useTranslations('chat.end');
  const { response, pace } = turn;
  const tokens = response.usage?.output_tokens ?? (pace.pieces > 0 ? pace.pieces : null);
  if (response.status === 'cancelled') {
    if (tokens !== null) return t('stopped', { count: tokens });
    return answerText(response) === '' ? t('stopped', { count: 0 }) : t('stoppedText');
  }
  if (response.status !== 'incomplete') return null;
  if (response.incomplete_details?.reason === 'content_filter') return t('filtered');
  return tokens === null ? t('lengthPlain') : t('length', { count: tokens });
}
