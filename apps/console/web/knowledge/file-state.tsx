import { useFormatter, useTranslations } from 'use-intl';
import { useLanguage } from '../i18n/i18n.tsx';
import { Progress } from '../ui/progress.tsx';
import { Status, type Tone } from '../ui/status.tsx';
import type { FileStatus, StoreFile } from './store-types.ts';

const tones: Readonly<Record<FileStatus, Tone>> = {
  in_progress: 'busy',
  completed: 'ok',
  failed: 'bad',
  cancelled: 'off',
};
const failures = ['unsupported_file', 'invalid_file', 'server_error'] as const;

/** How far a file is, and why it goes no further. */
export function FileState({ file }: { readonly file: StoreFile }) {
  const t = useTranslations('knowledge');
  const format = useFormatter();
  const { chunks_done: done, chunks_total: total } = file.kumiki;
  return (
    <div className="grid gap-1">
      <span className="flex flex-wrap items-center gap-x-2">
        <Status tone={tones[file.status]} plain>
          {t(`fileState.${file.status}`)}
        </Status>
        {file.status === 'completed' && total !== null && (
          <span className="text-xs whitespace-nowrap text-faint">{t('passages', { count: total })}</span>
        )}
        {file.status === 'in_progress' && total !== null && (
          <span className="text-xs whitespace-nowrap text-faint tabular-nums">
            {format.number(done)} / {format.number(total)}
          </span>
        )}
      </span>
      {file.status === 'in_progress' && (
        <Progress label={file.kumiki.filename} value={total === null || total === 0 ? null : done / total} />
      )}
      {file.last_error !== null && <Reason file={file} />}
    </div>
  );
}

/** The product's sentence, in other languages after the translated kind of failure. */
function Reason({ file }: { readonly file: StoreFile }) {
  const t = useTranslations('knowledge');
  const { locale } = useLanguage();
  const code = failures.find((known) => known === file.last_error?.code);
  return (
    <div className="max-w-96 text-xs break-words text-soft">
      {file.status === 'in_progress' && <p>{t('waitsBecause', { attempts: file.kumiki.attempts })}</p>}
      {locale !== 'en' && code !== undefined && <p>{t(`failure.${code}`)}</p>}
      <p lang="en">{file.last_error?.message}</p>
    </div>
  );
}
