import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { ApiError } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { Skeleton } from '../../ui/progress.tsx';
import { Notice } from '../../ui/status.tsx';
import { Pieces } from '../markdown/plain-text.tsx';
import { mergePassages, placeOf } from '../model/merge-passages.ts';
import type { Source } from '../model/sources.ts';

interface Content {
  readonly data: readonly { readonly type: string; readonly text: string }[];
}

/** A source as it was read, with the passage that is meant marked and in sight. */
export function SourceView({ source, stores }: { readonly source: Source; readonly stores: readonly string[] }) {
  const t = useTranslations('chat.sources');
  const format = useFormatter();
  const { data, isPending } = useQuery({
    queryKey: ['source', source.fileId, stores],
    queryFn: ({ signal }) => findContent(source.fileId, stores, signal),
    staleTime: 60_000,
  });
  return (
    <div>
      <h3 className="font-medium break-words">
        <span className="mr-2 text-accent-text tabular-nums">[{source.number}]</span>
        <bdi>{source.filename}</bdi>
      </h3>
      {source.score !== null && (
        <p className="mb-3 text-xs text-faint tabular-nums">
          {t('score', { score: format.number(source.score, { maximumFractionDigits: 3 }) })}
        </p>
      )}
      {isPending ? <Loading /> : <Passage key={source.number} source={source} passages={data ?? null} />}
    </div>
  );
}

function Loading() {
  const t = useTranslations('chat.sources');
  return (
    <div role="status" className="grid gap-2">
      <span className="sr-only">{t('loading')}</span>
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-5/6" />
      <Skeleton className="h-4 w-2/3" />
    </div>
  );
}

function Passage({ source, passages }: { readonly source: Source; readonly passages: readonly string[] | null }) {
  const t = useTranslations('chat.sources');
  const mark = useRef<HTMLElement>(null);
  const document = passages === null ? null : mergePassages(passages);
  const place = document === null ? null : placeOf(document, passages ?? [], source.text);
  useEffect(() => {
    mark.current?.scrollIntoView({ block: 'center' });
  }, [source.text]);
  const text = 'text-sm leading-6 whitespace-pre-wrap [overflow-wrap:anywhere] [unicode-bidi:isolate]';
  if (document === null || place === null) {
    return (
      <>
        <Notice tone="warn">{t('passageLost')}</Notice>
        <p dir="auto" className={`mt-3 ${text}`}>
          {source.text}
        </p>
      </>
    );
  }
  const [from, to] = place;
  return (
    <div dir="auto" className={`${text} text-soft`}>
      <Pieces text={document.text.slice(0, from)} />
      <mark ref={mark} aria-label={t('passage')} className="-mx-1 block scroll-m-6 rounded bg-mark px-1 text-ink">
        {document.text.slice(from, to)}
      </mark>
      <Pieces text={document.text.slice(to)} />
    </div>
  );
}

/** The passages of a file, from whichever of the stores it is in; null when it is in none any more. Throws ApiError. */
async function findContent(
  file: string,
  stores: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  for (const store of stores) {
    try {
      const content = await callApi<Content>(`/v1/vector_stores/${store}/files/${file}/content`, { signal });
      return content.data.map(({ text }) => text);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error;
    }
  }
  return null;
}
