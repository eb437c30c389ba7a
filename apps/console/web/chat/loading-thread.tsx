import { useTranslations } from 'use-intl';
import { Skeleton } from '../ui/progress.tsx';

/** Placeholder of a chat that is loading. */
export function LoadingThread() {
  const t = useTranslations('chat.thread');
  return (
    <div role="status" className="mx-auto grid w-full max-w-3xl flex-1 content-start gap-4 px-4 pt-8">
      <span className="sr-only">{t('loading')}</span>
      <Skeleton className="ml-auto h-12 w-2/5" />
      <Skeleton className="h-5 w-full" />
      <Skeleton className="h-5 w-11/12" />
      <Skeleton className="h-5 w-3/4" />
    </div>
  );
}
