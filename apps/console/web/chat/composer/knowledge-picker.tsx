import { useQuery } from '@tanstack/react-query';
import { Hash } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { Popover } from '../../ui/popover.tsx';
import { isChatStore, listStores, type StoreEntry } from './chat-files.ts';

/** As the API has it for one search. */
const maxKnowledge = 8;

const storesQuery = {
  queryKey: ['vector-stores', 'picker'],
  queryFn: ({ signal }: { signal: AbortSignal }) => listStores(signal),
};

/** Which vector stores are searched before an answer. */
export function KnowledgePicker({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (ids: string[]) => void;
}) {
  const t = useTranslations('chat.knowledge');
  return (
    <Popover
      align="start"
      title={t('title')}
      trigger={
        <Button
          kind="ghost"
          size="small"
          icon={Hash}
          className={classes('h-9', chosen.length > 0 && '!bg-accent-soft !text-accent-text')}
        >
          <span className="max-sm:sr-only">{t('count', { count: chosen.length })}</span>
          {chosen.length > 0 && (
            <span aria-hidden className="sm:hidden">
              {chosen.length}
            </span>
          )}
        </Button>
      }
    >
      <StoreChoice chosen={chosen} onChange={onChange} />
    </Popover>
  );
}

function StoreChoice({
  chosen,
  onChange,
}: {
  readonly chosen: readonly string[];
  readonly onChange: (ids: string[]) => void;
}) {
  const t = useTranslations('chat.knowledge');
  const [words, setWords] = useState('');
  const { data: stores = [] } = useQuery(storesQuery);
  // Stores with the files of other chats are not offered.
  const offered = stores.filter((store) => chosen.includes(store.id) || !isChatStore(store));
  const found = offered.filter((store) => nameOf(store, '').toLowerCase().includes(words.trim().toLowerCase()));
  return (
    <div className="w-72 max-w-full">
      <p className="mb-2 text-xs text-faint">{t('note')}</p>
      <input
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        value={words}
        onChange={(event) => setWords(event.target.value)}
        className="mb-1 h-8 w-full rounded-md border border-line bg-surface px-2 text-sm"
      />
      {found.length === 0 && (
        <p className="px-1 py-2 text-sm text-faint">{offered.length === 0 ? t('none') : t('noMatch')}</p>
      )}
      <ul className="max-h-64 overflow-y-auto">
        {found.map((store) => {
          const isOn = chosen.includes(store.id);
          const isFull = !isOn && chosen.length >= maxKnowledge;
          return (
            <li key={store.id}>
              <label
                className={classes(
                  'flex items-center gap-2.5 rounded-md px-1.5 py-1.5 text-sm hover:bg-sunken',
                  isFull && 'opacity-55',
                )}
              >
                <input
                  type="checkbox"
                  checked={isOn}
                  disabled={isFull}
                  onChange={() => onChange(isOn ? chosen.filter((id) => id !== store.id) : [...chosen, store.id])}
                  className="size-4 accent-[var(--accent)]"
                />
                <span className="min-w-0 flex-1">
                  <bdi className="block truncate">{isChatStore(store) ? t('own') : nameOf(store, store.id)}</bdi>
                  <span className="block text-xs text-faint">{t('files', { count: store.file_counts.total })}</span>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
      {chosen.length >= maxKnowledge && (
        <p className="mt-1 text-xs text-faint">{t('limit', { count: maxKnowledge })}</p>
      )}
    </div>
  );
}

function nameOf(store: StoreEntry, fallback: string): string {
  return store.name === null || store.name === '' ? fallback : store.name;
}
