import { RotateCcw, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useBytes } from '../i18n/use-bytes.ts';
import { useErrorText } from '../shell/error-notice.tsx';
import { IconButton } from '../ui/button.tsx';
import { Panel } from '../ui/panel.tsx';
import { Progress } from '../ui/progress.tsx';
import { cancelUpload, retryUpload, type Upload, useUploads } from './upload-queue.ts';

/** What is on its way into a store. */
export function UploadList({ storeId }: { readonly storeId: string }) {
  const t = useTranslations('knowledge.uploads');
  const uploads = useUploads(storeId);
  const total = uploads.reduce((sum, { file }) => sum + file.size, 0);
  const sent = uploads.reduce((sum, one) => sum + one.sent, 0);
  const bytes = useBytes();
  return (
    <>
      <p role="status" className="sr-only">
        {uploads.length > 0 ? t('status', { count: uploads.length }) : ''}
      </p>
      {uploads.length > 0 && (
        <Panel title={t('title', { count: uploads.length })} note={`${bytes(sent)} / ${bytes(total)}`}>
          <ul className="grid max-h-80 grid-cols-[minmax(0,1fr)] gap-3 overflow-y-auto">
            {uploads.map((one) => (
              <UploadRow key={one.id} one={one} />
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function UploadRow({ one }: { readonly one: Upload }) {
  const t = useTranslations('knowledge.uploads');
  const bytes = useBytes();
  const errorText = useErrorText();
  const { name, size } = one.file;
  const share = one.state === 'waiting' ? 0 : size === 0 ? 1 : one.sent / size;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3">
      <div className="grid gap-1">
        <p className="flex min-w-0 items-baseline gap-2 text-sm">
          <bdi className="truncate">{name}</bdi>
          <span className="shrink-0 text-xs text-faint tabular-nums">
            {bytes(size)} · {t(one.state)}
          </span>
        </p>
        <Progress
          label={name}
          value={one.state === 'adding' ? null : share}
          tone={one.state === 'failed' ? 'bad' : 'accent'}
        />
        {one.state === 'failed' && (
          <p role="alert" className="text-xs text-bad">
            {errorText(one.error).text}
          </p>
        )}
      </div>
      <span className="flex">
        {one.state === 'failed' && (
          <IconButton icon={RotateCcw} label={t('retry', { name })} onClick={() => retryUpload(one.id)} />
        )}
        <IconButton icon={X} label={t('cancel', { name })} onClick={() => cancelUpload(one.id)} />
      </span>
    </li>
  );
}
