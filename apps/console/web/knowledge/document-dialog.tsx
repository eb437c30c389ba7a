import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { ErrorNotice } from '../shell/error-notice.tsx';
import { useAddress } from '../shell/use-address.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/panel.tsx';
import { Skeleton } from '../ui/progress.tsx';
import { DocumentText } from './document-text.tsx';
import { termsOf } from './find-terms.ts';
import { contentQuery } from './store-queries.ts';
import type { FileContent } from './store-types.ts';

/** The parsed text of the file that the address names, at the passage that it names. */
export function DocumentDialog({ storeId }: { readonly storeId: string }) {
  const t = useTranslations('knowledge.document');
  const shell = useTranslations('shell');
  const address = useAddress();
  const fileId = address.get('file');
  const { data, error, isPending } = useQuery({ ...contentQuery(storeId, fileId), enabled: fileId !== '' });
  return (
    <Dialog
      open={fileId !== ''}
      onClose={() => address.set({ file: null, chunk: null })}
      place="side"
      wide
      title={<bdi>{data?.filename ?? t('title')}</bdi>}
      description={data === undefined ? undefined : t('passages', { count: data.data.length })}
      closeLabel={shell('close')}
      actions={
        <Button icon={Download} onClick={() => location.assign(`/v1/files/${fileId}/content`)}>
          {t('download')}
        </Button>
      }
    >
      {error !== null && <ErrorNotice error={error} />}
      {isPending && error === null && <Skeleton className="h-96" />}
      {data !== undefined && data.data.length === 0 && <EmptyState title={t('nothing')}>{t('nothingText')}</EmptyState>}
      {data !== undefined && data.data.length > 0 && (
        <AtPassage content={data} chunkId={address.get('chunk')} query={address.get('q')} />
      )}
    </Dialog>
  );
}

/** The text, scrolled to the passage. */
function AtPassage({
  content,
  chunkId,
  query,
}: {
  readonly content: FileContent;
  readonly chunkId: string;
  readonly query: string;
}) {
  const passage = useRef<HTMLDivElement>(null);
  const terms = useMemo(() => termsOf(query), [query]);
  useEffect(() => {
    // Newer browsers return a promise, which React would take for a cleanup function.
    passage.current?.scrollIntoView({ block: 'center' });
  }, [chunkId]);
  return <DocumentText passages={content.data} chunkId={chunkId} terms={terms} target={passage} />;
}
