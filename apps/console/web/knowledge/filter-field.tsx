import { useQueryClient } from '@tanstack/react-query';
import { Braces, ListFilter } from 'lucide-react';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../ui/button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { FilterBuilder } from './filter-builder.tsx';
import { emptyCondition, emptyGroup, toDraft, toFilter } from './filter-draft.ts';
import { storesKey } from './store-queries.ts';
import type { ListPage, StoreFile } from './store-types.ts';

/** A filter on attributes, put together from fields or written as JSON. */
export function FilterField({
  storeId,
  filter,
  onChange,
}: {
  readonly storeId: string;
  /** JSON; empty for none. */
  readonly filter: string;
  readonly onChange: (filter: string) => void;
}) {
  const t = useTranslations('knowledge.filter');
  const [draft, setDraft] = useState(() => (filter === '' ? emptyGroup() : toDraft(parse(filter))));
  const [raw, setRaw] = useState(draft === null);
  const keys = useKnownKeys(storeId);
  const parsed = parse(filter);
  const fault = filter.trim() !== '' && parsed === undefined ? t('badJson') : null;
  const toggle = (): void => {
    if (!raw) return setRaw(true);
    const next = filter.trim() === '' ? emptyGroup() : toDraft(parsed);
    if (next === null) return undefined;
    setDraft(next);
    return setRaw(false);
  };
  const cannotShow = raw && filter.trim() !== '' && toDraft(parsed) === null;
  return (
    <fieldset className="grid min-w-0 gap-2">
      <div className="flex items-center gap-2">
        <legend className="float-left flex-1 text-sm font-medium">
          {t('title')}
          <code className="ml-1.5 font-mono text-xs font-normal text-faint">filters</code>
        </legend>
        <IconButton
          icon={raw ? ListFilter : Braces}
          label={raw ? t('asFields') : t('asJson')}
          off={cannotShow ? t('cannotShow') : null}
          onClick={toggle}
        />
      </div>
      {raw || draft === null ? (
        <TextAreaField
          hideLabel
          label={t('asJson')}
          mono
          rows={6}
          spellCheck={false}
          placeholder={'{ "type": "eq", "key": "lang", "value": "ja" }'}
          value={filter}
          onChange={onChange}
          error={fault}
        />
      ) : (
        <FilterBuilder
          group={draft}
          keys={keys}
          onChange={(next) => {
            setDraft(next);
            const made = toFilter(next);
            onChange(made === null ? '' : JSON.stringify(made, null, 2));
          }}
          onStart={() => setDraft(emptyGroup([emptyCondition()]))}
        />
      )}
    </fieldset>
  );
}

/** undefined when it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Keys of the attributes of files that were listed before. */
function useKnownKeys(storeId: string): readonly string[] {
  const queryClient = useQueryClient();
  const lists = queryClient.getQueriesData<{ pages: ListPage<StoreFile>[] }>({
    queryKey: [...storesKey, 'files', storeId],
  });
  const files = lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.data) ?? []);
  return [...new Set(files.flatMap(({ attributes }) => Object.keys(attributes)))].toSorted();
}
