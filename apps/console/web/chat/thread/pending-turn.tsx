import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../../shell/error-notice.tsx';
import { Button } from '../../ui/button.tsx';
import { Status } from '../../ui/status.tsx';
import { inputText, readAttachments } from '../model/build-request.ts';
import type { Item } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import type { PendingTurn } from '../run/store-core.ts';
import { useChatActions } from '../state/chat-context.tsx';
import { UserMessage } from './user-message.tsx';

/** A message on its way. */
export function PendingTurnView({ store, pending }: { readonly store: ChatStore; readonly pending: PendingTurn }) {
  const t = useTranslations('chat.thread');
  const { takeBack } = useChatActions();
  const { body, state, error } = pending;
  const metadata = body['metadata'] as Readonly<Record<string, string>> | undefined;
  return (
    <article className="turn pb-8">
      <UserMessage id={null} text={inputText(body['input'] as Item[])} attachments={readAttachments(metadata)} />
      <div className="mt-5">
        {state === 'failed' ? (
          <ErrorNotice
            error={error}
            title={t('sendFailed')}
            action={
              <span className="flex flex-col gap-2">
                <Button size="small" onClick={() => void store.retryPending()}>
                  {t('sendAgain')}
                </Button>
                <Button size="small" kind="ghost" onClick={takeBack}>
                  {t('backToComposer')}
                </Button>
              </span>
            }
          />
        ) : (
          <Status tone="busy" plain>
            {state === 'sending' ? t('sending') : t('retrying')}
          </Status>
        )}
      </div>
    </article>
  );
}
