import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { useRef } from 'react';
import { useTranslations } from 'use-intl';
import { isComposing, useShortcut } from '../../shell/keys.ts';
import { useSetting } from '../../stored/stored-settings.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { AttachmentChips } from './attachment-chips.tsx';
import type { ComposerProps } from './composer-props.ts';
import { QueuedMessages } from './queued-messages.tsx';
import { useGrowingHeight } from './use-growing-height.ts';

/** Where a message is written. */
export function Composer(props: ComposerProps) {
  const { text, onText, onSend, onAttach, attachments, isRunning, tools, input } = props;
  const t = useTranslations('chat.composer');
  useShortcut('focusInput', () => input.current?.focus());
  useGrowingHeight(input, text);
  return (
    <div className="relative mx-auto w-full max-w-3xl px-4 pb-4 max-md:px-2 max-md:pb-2">
      {/* Text that scrolls under the composer fades out, so that no line is cut in half. */}
      <div aria-hidden className="pointer-events-none absolute inset-x-0 -top-8 h-8 bg-linear-to-t from-ground" />
      <QueuedMessages {...props} />
      <div className="rounded-2xl border border-line-strong/50 bg-raised shadow-float transition-colors focus-within:border-accent-text">
        <AttachmentChips attachments={attachments} />
        <MessageInput
          {...{ text, onText, onSend, onAttach, input }}
          placeholder={isRunning ? t('placeholderRunning') : t('placeholder')}
        />
        <div className="flex items-center gap-1 px-2 pb-2">
          <AttachButton onAttach={onAttach} />
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-1">{tools}</div>
          <SendButtons {...props} />
        </div>
      </div>
    </div>
  );
}

function MessageInput({
  text,
  onText,
  onSend,
  onAttach,
  input,
  placeholder,
}: Pick<ComposerProps, 'text' | 'onText' | 'onSend' | 'onAttach' | 'input'> & { readonly placeholder: string }) {
  const t = useTranslations('chat.composer');
  const [enterSends] = useSetting('enterSends');
  return (
    <textarea
      ref={input}
      rows={1}
      dir="auto"
      value={text}
      aria-label={t('label')}
      title={enterSends === 'yes' ? t('hintSends') : t('hintBreaks')}
      placeholder={placeholder}
      onChange={(event) => onText(event.target.value)}
      onPaste={(event) => {
        const files = [...event.clipboardData.files];
        // Office programs put a picture of the text beside the text.
        if (files.length === 0 || event.clipboardData.types.includes('text/plain')) return;
        event.preventDefault();
        onAttach(files);
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || isComposing(event.nativeEvent)) return;
        const mod = event.ctrlKey || event.metaKey;
        const sends = enterSends === 'yes' ? mod || (!event.shiftKey && !event.altKey) : mod;
        if (!sends) return;
        event.preventDefault();
        onSend();
      }}
      className="block max-h-[40dvh] w-full resize-none bg-transparent px-4 pt-3.5 pb-2 text-[0.9375rem] leading-6 text-ink outline-none [field-sizing:content] placeholder:text-faint"
    />
  );
}

function AttachButton({ onAttach }: Pick<ComposerProps, 'onAttach'>) {
  const t = useTranslations('chat.composer');
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon={Paperclip} size="medium" label={t('attach')} onClick={() => picker.current?.click()} />
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        aria-label={t('attach')}
        onChange={(event) => {
          onAttach([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
    </>
  );
}

function SendButtons({ text, onSend, onStop, isRunning, isStopping, off, attachments }: ComposerProps) {
  const t = useTranslations('chat.composer');
  const isEmpty = text.trim() === '';
  const waits =
    isRunning || attachments.list().some(({ state }) => state.kind === 'uploading' || state.kind === 'indexing');
  const round = '!rounded-full !size-9';
  return (
    <>
      {isRunning && (
        <IconButton
          icon={Square}
          kind="secondary"
          size="medium"
          label={isStopping ? t('stopping') : t('stop')}
          off={isStopping ? '' : null}
          className={classes(round, '[&_svg]:fill-current [&_svg]:size-3.5')}
          onClick={onStop}
        />
      )}
      {!(isRunning && isEmpty) && (
        <IconButton
          icon={ArrowUp}
          kind="primary"
          size="medium"
          label={waits ? t('queue') : t('send')}
          off={off ?? (isEmpty ? t('empty') : null)}
          className={round}
          onClick={onSend}
        />
      )}
    </>
  );
}
