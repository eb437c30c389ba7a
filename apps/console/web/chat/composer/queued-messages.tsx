import { CornerDownRight, PencilLine, SendHorizontal, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import type { ComposerProps } from './composer-props.ts';

type QueuedProps = Pick<
  ComposerProps,
  'queued' | 'onQueued' | 'onSendQueued' | 'waitsFor' | 'text' | 'onText' | 'input'
>;

/** Messages that wait for the answer before them. */
export function QueuedMessages({ queued, onQueued, onSendQueued, waitsFor, text, onText, input }: QueuedProps) {
  const t = useTranslations('chat.composer');
  if (queued.length === 0) return null;
  const without = (key: string): void => onQueued(queued.filter((one) => one.key !== key));
  return (
    <ul className="mx-3 rounded-t-xl border border-b-0 border-line bg-surface px-3 pt-1 pb-2">
      <li aria-hidden className="pt-1 text-xs text-faint">
        {
          { answer: t('queued'), files: t('queuedFiles'), held: t('queuedHeld'), heldFiles: t('queuedHeldFiles') }[
            waitsFor
          ]
        }
      </li>
      {queued.map((message) => (
        <li key={message.key} className="flex items-center gap-1 text-sm">
          <CornerDownRight aria-hidden className="size-4 shrink-0 text-faint" />
          <bdi className="min-w-0 flex-1 truncate px-1">{message.text}</bdi>
          {waitsFor.startsWith('held') && (
            <IconButton icon={SendHorizontal} label={t('sendNow')} onClick={() => onSendQueued(message)} />
          )}
          <IconButton
            icon={PencilLine}
            label={t('editQueued')}
            onClick={() => {
              without(message.key);
              onText(text.trim() === '' ? message.text : `${message.text}\n\n${text}`);
              input.current?.focus();
            }}
          />
          <IconButton icon={X} label={t('removeQueued')} onClick={() => without(message.key)} />
        </li>
      ))}
    </ul>
  );
}
