import { useState } from 'react';
import { useFormatter, useNow, useTranslations } from 'use-intl';
import { useBytes } from '../i18n/use-bytes.ts';
import { useAddress } from '../shell/use-address.ts';
import { Cell, Head, Table } from '../ui/table.tsx';
import { AttributeChips } from './attribute-chips.tsx';
import { AttributesDialog } from './attributes-dialog.tsx';
import { FileActions } from './file-actions.tsx';
import { FileState } from './file-state.tsx';
import { RemoveFile } from './remove-file.tsx';
import type { StoreFile } from './store-types.ts';

const nowMs = 30_000;

type Asked = { readonly about: 'attributes' | 'removal'; readonly file: StoreFile } | null;

/** Files of a store with how far each is. */
export function FileTable({ storeId, files }: { readonly storeId: string; readonly files: readonly StoreFile[] }) {
  const t = useTranslations('knowledge');
  const [asked, setAsked] = useState<Asked>(null);
  const close = (): void => setAsked(null);
  return (
    <>
      <Table
        label={t('files.title')}
        head={
          <>
            <Head>{t('column.name')}</Head>
            <Head>{t('column.state')}</Head>
            <Head className="max-sm:hidden">{t('column.attributes')}</Head>
            <Head numeric className="max-sm:hidden">
              {t('column.size')}
            </Head>
            <Head className="max-md:hidden">{t('column.added')}</Head>
            <Head>
              <span className="sr-only">{t('actions')}</span>
            </Head>
          </>
        }
      >
        {files.map((file) => (
          <FileRow
            key={file.id}
            storeId={storeId}
            file={file}
            onAttributes={() => setAsked({ about: 'attributes', file })}
            onRemove={() => setAsked({ about: 'removal', file })}
          />
        ))}
      </Table>
      <AttributesDialog storeId={storeId} file={asked?.about === 'attributes' ? asked.file : null} onClose={close} />
      <RemoveFile storeId={storeId} file={asked?.about === 'removal' ? asked.file : null} onClose={close} />
    </>
  );
}

function FileRow({
  storeId,
  file,
  onAttributes,
  onRemove,
}: {
  readonly storeId: string;
  readonly file: StoreFile;
  readonly onAttributes: () => void;
  readonly onRemove: () => void;
}) {
  const address = useAddress();
  const format = useFormatter();
  const bytes = useBytes();
  const now = useNow({ updateInterval: nowMs });
  const open = (): void => address.set({ file: file.id, chunk: null }, 'push');
  return (
    <tr className="hover:bg-sunken/60">
      <Cell className="max-w-36 sm:w-80 sm:max-w-80">
        <button
          type="button"
          onClick={open}
          title={file.kumiki.filename}
          className="flex min-h-8 max-w-full items-center text-left font-medium hover:text-accent-text"
        >
          <bdi className="truncate">{file.kumiki.filename}</bdi>
        </button>
      </Cell>
      <Cell className="sm:min-w-44">
        <FileState file={file} />
      </Cell>
      <Cell className="max-w-72 max-sm:hidden">
        <AttributeChips attributes={file.attributes} />
      </Cell>
      <Cell numeric className="whitespace-nowrap max-sm:hidden">
        {bytes(file.kumiki.bytes)}
      </Cell>
      <Cell className="whitespace-nowrap text-soft max-md:hidden">
        {format.relativeTime(new Date(file.created_at * 1_000), now)}
      </Cell>
      <Cell className="w-0">
        <FileActions {...{ storeId, file, onOpen: open, onAttributes, onRemove }} />
      </Cell>
    </tr>
  );
}
