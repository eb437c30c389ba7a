import { FolderOpen, Upload } from 'lucide-react';
import { type DragEvent, type ReactNode, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { readDropped } from './dropped-files.ts';

/** Where files are dropped, or chosen with a button; the whole of `children` takes them. */
export function DropZone({
  onFiles,
  off,
  children,
}: {
  readonly onFiles: (files: readonly File[]) => void;
  /** Why nothing can be added. */
  readonly off: string | null;
  readonly children: ReactNode;
}) {
  const t = useTranslations('knowledge.drop');
  const input = useRef<HTMLInputElement>(null);
  const [depth, setDepth] = useState(0);
  const over = depth > 0 && off === null;
  const holdsFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');
  return (
    <div
      onDragEnter={(event) => holdsFiles(event) && setDepth((before) => before + 1)}
      onDragLeave={(event) => holdsFiles(event) && setDepth((before) => Math.max(0, before - 1))}
      onDragOver={(event) => holdsFiles(event) && event.preventDefault()}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setDepth(0);
        if (off === null) void readDropped(event.dataTransfer).then(onFiles);
      }}
      className="grid grid-cols-[minmax(0,1fr)] gap-5"
    >
      <div
        className={classes(
          'flex flex-wrap items-center gap-x-4 gap-y-3 rounded-2xl border-2 border-dashed px-5 py-5 transition-colors',
          over ? 'border-accent-text bg-accent-soft' : 'border-line bg-surface',
        )}
      >
        <span className="inline-flex size-10 items-center justify-center rounded-xl bg-accent-soft text-accent-text">
          {over ? <FolderOpen aria-hidden className="size-5" /> : <Upload aria-hidden className="size-5" />}
        </span>
        <div className="min-w-0 flex-1 basis-60">
          <p className="text-sm font-medium">{over ? t('release') : t('title')}</p>
          <p className="text-xs text-faint">{t('formats')}</p>
        </div>
        <Button kind="primary" icon={Upload} off={off} onClick={() => input.current?.click()}>
          {t('choose')}
        </Button>
        <input
          ref={input}
          type="file"
          multiple
          aria-label={t('choose')}
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            onFiles([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = '';
          }}
        />
      </div>
      {children}
    </div>
  );
}
