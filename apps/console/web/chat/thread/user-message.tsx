import { FileText, PencilLine } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Pieces } from '../markdown/plain-text.tsx';
import { EditMessage } from './edit-message.tsx';

/** Longer messages are laid out in pieces. */
const longCharacters = 8_000;

/** The user's message as plain text. */
export function UserMessage({
  id,
  text,
  attachments,
  arrows = null,
}: {
  /** null while it is being sent. */
  readonly id: string | null;
  readonly text: string;
  readonly attachments: readonly string[];
  readonly arrows?: ReactNode;
}) {
  const t = useTranslations('chat');
  const shell = useTranslations('shell');
  const [edits, setEdits] = useState(false);
  if (edits && id !== null) return <EditMessage id={id} text={text} onClose={() => setEdits(false)} />;
  return (
    <div className="flex flex-col items-end gap-1">
      <h2 className="sr-only">{t('thread.user')}</h2>
      {attachments.length > 0 && (
        <ul aria-label={t('thread.attachedHere')} className="flex max-w-[85%] flex-wrap justify-end gap-1.5">
          {attachments.map((name) => (
            <li
              key={name}
              className="flex max-w-full items-center gap-1.5 rounded-lg border border-line bg-surface px-2 py-1 text-xs text-soft"
            >
              <FileText aria-hidden className="size-3.5 shrink-0" />
              <bdi className="truncate">{name}</bdi>
            </li>
          ))}
        </ul>
      )}
      <div
        dir="auto"
        className="max-w-[85%] rounded-2xl rounded-br-md bg-accent-soft px-4 py-2.5 text-[0.9375rem] leading-7 whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:isolate]"
      >
        {text.length > longCharacters ? <Pieces text={text} /> : text}
      </div>
      {id !== null && (
        <div role="group" aria-label={t('actions.messageLabel')} className="turn-actions flex items-center">
          {arrows}
          <CopyButton text={text} label={t('actions.copyMessage')} doneLabel={shell('copied')} />
          <IconButton icon={PencilLine} label={t('actions.edit')} onClick={() => setEdits(true)} />
        </div>
      )}
    </div>
  );
}
