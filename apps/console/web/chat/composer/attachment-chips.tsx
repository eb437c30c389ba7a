import { CircleAlert, CircleCheck, FileText, LoaderCircle, RotateCw, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { useErrorText } from '../../shell/error-notice.tsx';
import { IconButton } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Progress } from '../../ui/progress.tsx';
import type { Attachment, Attachments, AttachmentState } from './attachments.ts';

/** The files beside a message, each with how far it is. */
export function AttachmentChips({ attachments }: { readonly attachments: Attachments }) {
  const t = useTranslations('chat.attach');
  const list = useSyncExternalStore(attachments.subscribe, attachments.list);
  if (list.length === 0) return null;
  return (
    <ul aria-label={t('list')} className="flex flex-wrap gap-2 px-3 pt-3">
      {list.map((one) => (
        <Chip key={one.key} one={one} attachments={attachments} />
      ))}
    </ul>
  );
}

function Chip({ one, attachments }: { readonly one: Attachment; readonly attachments: Attachments }) {
  const t = useTranslations('chat.attach');
  const { name, state } = one;
  const text = useStateText(state);
  const isFailed = state.kind === 'failed';
  return (
    <li
      className={classes(
        'grid w-64 max-w-full grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2 rounded-xl border px-2.5 py-1.5 text-sm',
        isFailed ? 'border-bad/50 bg-bad-soft' : 'border-line bg-surface',
      )}
    >
      <FileText aria-hidden className="row-span-2 size-5 text-faint" />
      <bdi className="truncate font-medium" title={name}>
        {name}
      </bdi>
      <span className="row-span-2 flex">
        {isFailed && (
          <IconButton icon={RotateCw} label={t('retry', { name })} onClick={() => attachments.retry(one.key)} />
        )}
        <IconButton icon={X} label={t('remove', { name })} onClick={() => attachments.remove(one.key)} />
      </span>
      <span
        role={isFailed ? 'alert' : 'status'}
        className={classes('flex items-center gap-1 text-xs', isFailed ? 'text-bad' : 'text-faint')}
      >
        <StateIcon state={state} />
        <span className={isFailed ? 'break-words' : 'truncate'}>{text}</span>
      </span>
      {(state.kind === 'uploading' || state.kind === 'indexing') && (
        <span className="col-span-3 mt-1.5">
          <Progress value={partOf(state)} label={name} />
        </span>
      )}
    </li>
  );
}

function StateIcon({ state }: { readonly state: AttachmentState }) {
  if (state.kind === 'ready') return <CircleCheck aria-hidden className="size-3.5 shrink-0 text-ok" />;
  if (state.kind === 'failed') return <CircleAlert aria-hidden className="size-3.5 shrink-0" />;
  return <LoaderCircle aria-hidden className="size-3.5 shrink-0 animate-spin motion-reduce:animate-none" />;
}

function partOf(state: AttachmentState): number | null {
  if (state.kind === 'uploading') return state.part;
  return state.kind === 'indexing' && state.total !== null && state.total > 0 ? state.done / state.total : null;
}

function useStateText(state: AttachmentState): string {
  const t = useTranslations('chat.attach');
  const format = useFormatter();
  const errorText = useErrorText();
  switch (state.kind) {
    case 'uploading':
      return t('uploading', { percent: format.number(state.part, { style: 'percent', maximumFractionDigits: 0 }) });
    case 'indexing':
      return state.total === null ? t('reading') : t('indexing', { done: state.done, total: state.total });
    case 'ready':
      return t('ready');
    case 'failed':
      return t('failed', { reason: state.error === null ? state.reason : errorText(state.error).text });
  }
}
