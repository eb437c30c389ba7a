import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { PanelLeftClose, Search, SquarePen } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useNow, useTranslations } from 'use-intl';
import { ErrorNotice } from '../../shell/error-notice.tsx';
import { Button, IconButton } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/progress.tsx';
import { groupByDate } from '../model/group-by-date.ts';
import { chatsQuery, pinnedQuery } from '../state/chats-api.ts';
import { ChatRows, type ChatRowsProps } from './chat-rows.tsx';

export interface ChatListProps extends ChatRowsProps {
  readonly onNew: () => void;
  readonly onHide: () => void;
}

/** All chats: pinned ones first, then by day, found by words of their titles. */
export function ChatList(props: ChatListProps) {
  const { onNew, onHide } = props;
  const t = useTranslations('chat.list');
  const [words, setWords] = useState('');
  return (
    <nav aria-label={t('label')} className="flex h-full flex-col">
      <div className="flex items-center gap-1 p-3 pb-2">
        <Button icon={SquarePen} className="flex-1 !justify-start" onClick={onNew}>
          {t('new')}
        </Button>
        <IconButton icon={PanelLeftClose} label={t('close')} size="medium" onClick={onHide} />
      </div>
      <div className="relative mx-3 mb-2">
        <Search aria-hidden className="absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-faint" />
        <input
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="h-9 w-full rounded-lg border border-transparent bg-sunken pr-2 pl-8 text-sm placeholder:text-faint hover:border-line-strong/60"
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <Found {...props} words={useDeferredValue(words)} />
      </div>
    </nav>
  );
}

function Found({ words, ...props }: ChatListProps & { readonly words: string }) {
  const t = useTranslations('chat.list');
  const now = useNow({ updateInterval: 60_000 });
  const pinned = useQuery(pinnedQuery);
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(
    chatsQuery(words),
  );
  const isSearch = words.trim() !== '';
  if (isPending) return <Loading />;
  if (data === undefined) return <ErrorNotice error={error} />;
  const chats = data.pages.flatMap((page) => page.data);
  const shown = isSearch ? chats : chats.filter((chat) => !chat.pinned);
  const kept = isSearch ? [] : (pinned.data ?? chats.filter((chat) => chat.pinned));
  if (shown.length + kept.length === 0) {
    return <p className="px-2 py-3 text-sm text-faint">{isSearch ? t('noMatch') : t('none')}</p>;
  }
  return (
    <>
      {kept.length > 0 && <ChatRows {...props} title={t('pinned')} chats={kept} />}
      {groupByDate(shown, now).map(({ group, entries }) => (
        <ChatRows key={group} {...props} title={t(group)} chats={entries} />
      ))}
      {hasNextPage && (
        <Button
          kind="ghost"
          className="mt-2 w-full"
          off={isFetchingNextPage ? '' : null}
          onClick={() => void fetchNextPage()}
        >
          {t('more')}
        </Button>
      )}
    </>
  );
}

function Loading() {
  return (
    <div className="grid gap-2 px-2 pt-3">
      {['w-3/4', 'w-full', 'w-2/3', 'w-5/6'].map((width) => (
        <Skeleton key={width} className={`h-6 ${width}`} />
      ))}
    </div>
  );
}
