import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { type ReactNode, type RefObject, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { useSetting } from '../../settings/stored-settings.ts';
import { isComposing, useShortcut } from '../../shell/keys.ts';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { AttachmentChips } from './attachment-chips.tsx';
import type { Attachments } from './attachments.ts';
import type { QueuedMessage } from './drafts.ts';
import { QueuedMessages } from './queued-messages.tsx';
import type { WaitsFor } from './use-composer.ts';
import { useGrowingHeight } from './use-growing-height.ts';

export interface ComposerProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onSend: () => void;
  readonly onStop: () => void;
  readonly onAttach: (files: readonly File[]) => void;
  readonly attachments: Attachments;
  readonly queued: readonly QueuedMessage[];
  readonly onQueued: (queued: readonly QueuedMessage[]) => void;
  readonly onSendQueued: (message: QueuedMessage) => void;
  /** What the queued messages wait for. */
  readonly waitsFor: WaitsFor;
  readonly isRunning: boolean;
  readonly isStopping: boolean;
  /** Why nothing can be sent at all; null when it can. */
  readonly off: string | null;
  /** Model, knowledge, parameters. */
  readonly tools: ReactNode;
  readonly input: RefObject<HTMLTextAreaElement | null>;
}

/** Where a message is written. */
export function Composer(props: ComposerProps) {
  const { text, onText, onSend, onAttach, attachments, isRunning, tools, input } = props;
  const t = useTranslations('chat.composer');
  useShortcut('focusInput', () => input.current?.focus());
  useGrowingHeight(input, text);
  return (
    <div className="relative mx-auto w-full max-w-3xl px-4 pb-4 max-md:px-2 max-md:pb-2">
      {/* What scrolls away below fades, so that no line is cut through its middle. */}
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
