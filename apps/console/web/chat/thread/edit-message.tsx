import { useEffect, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { isComposing } from '../../shell/keys.ts';
import { useSetting } from '../../stored/stored-settings.ts';
import { Button } from '../../ui/button.tsx';
import { useGrowingHeight } from '../composer/use-growing-height.ts';
import { useChatActions } from '../state/chat-context.tsx';

/** Edits a message; the original and the edited one become branches. */
export function EditMessage({
  id,
  text,
  onClose,
}: {
  readonly id: string;
  readonly text: string;
  readonly onClose: () => void;
}) {
  const t = useTranslations('chat.actions');
  const composer = useTranslations('chat.composer');
  const shell = useTranslations('shell');
  const { edit } = useChatActions();
  const [enterSends] = useSetting('enterSends');
  const [next, setNext] = useState(text);
  const input = useRef<HTMLTextAreaElement>(null);
  useGrowingHeight(input, next);
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const send = (): void => {
    if (next.trim() === '') return;
    onClose();
    edit(id, next);
  };
  return (
    <div className="ml-auto w-[85%] max-sm:w-full rounded-2xl border border-accent-text bg-raised">
      <textarea
        ref={input}
        rows={2}
        dir="auto"
        value={next}
        aria-label={t('editLabel')}
        onChange={(event) => setNext(event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === 'Escape') {
            // Not also a stop.
            event.preventDefault();
            onClose();
          }
          const mod = event.ctrlKey || event.metaKey;
          if (event.key !== 'Enter' || !(enterSends === 'yes' ? mod || !event.shiftKey : mod)) return;
          event.preventDefault();
          send();
        }}
        className="block max-h-[50dvh] w-full resize-none bg-transparent px-4 pt-3 text-[0.9375rem] leading-7 outline-none [field-sizing:content]"
      />
      <div className="flex flex-wrap items-center gap-2 px-3 pb-3">
        <p className="min-w-40 flex-1 px-1 text-xs text-faint">{t('editNote')}</p>
        <Button size="small" onClick={onClose}>
          {shell('cancel')}
        </Button>
        <Button size="small" kind="primary" off={next.trim() === '' ? composer('empty') : null} onClick={send}>
          {t('sendEdit')}
        </Button>
      </div>
    </div>
  );
}
