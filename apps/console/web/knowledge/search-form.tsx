import { Search } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { isComposing } from '../shell/keys.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { TextAreaField } from '../ui/field.tsx';
import { Panel } from '../ui/panel.tsx';
import { SliderField } from '../ui/slider-field.tsx';
import { SwitchField } from '../ui/switch-field.tsx';
import { FilterField } from './filter-field.tsx';
import { maxResults, type SearchRequest, searchDefaults, toBody } from './search-request.ts';
import { pathOfStore } from './store-queries.ts';
import type { VectorStore } from './store-types.ts';

/** What is searched, among what, and how it is weighed. */
export function SearchForm({
  store,
  request,
  busy,
  onSearch,
}: {
  readonly store: VectorStore;
  readonly request: SearchRequest;
  readonly busy: boolean;
  readonly onSearch: (request: SearchRequest) => void;
}) {
  const t = useTranslations('knowledge.search');
  const shell = useTranslations('shell');
  const [draft, setDraft] = useState(request);
  const change = (changes: Partial<SearchRequest>): void => setDraft((before) => ({ ...before, ...changes }));
  const filterFault = faultOf(draft.filter);
  const off = draft.query.trim() === '' ? t('needsQuery') : filterFault === null ? (busy ? '' : null) : t('needsJson');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (off === null) onSearch({ ...draft, query: draft.query.trim() });
  };
  const submitOnEnter = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey || isComposing(event.nativeEvent)) return;
    submit(event);
  };
  return (
    <Panel className="pt-3 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto">
      <form onSubmit={submit} className="grid gap-5">
        <TextAreaField
          label={t('query')}
          apiName="query"
          placeholder={t('queryPlaceholder')}
          value={draft.query}
          onChange={(query) => change({ query })}
          onKeyDown={submitOnEnter}
          rows={3}
        />
        <FilterField storeId={store.id} filter={draft.filter} onChange={(filter) => change({ filter })} />
        <Weighing draft={draft} onChange={change} />
        <div className="flex items-center gap-2">
          <Button kind="primary" type="submit" icon={Search} off={off} className="flex-1">
            {t('search')}
          </Button>
          {filterFault === null && (
            <CopyButton text={() => toCurl(store.id, draft)} label={t('copyCurl')} doneLabel={shell('copied')} />
          )}
        </div>
      </form>
    </Panel>
  );
}

/** How much is wanted, and what counts how much. */
function Weighing({
  draft,
  onChange,
}: {
  readonly draft: SearchRequest;
  readonly onChange: (changes: Partial<SearchRequest>) => void;
}) {
  const t = useTranslations('knowledge.search');
  const format = useFormatter();
  return (
    <>
      <SliderField
        label={t('most')}
        apiName="max_num_results"
        value={draft.results}
        fallback={searchDefaults.results}
        onChange={(results) => onChange({ results })}
        min={1}
        max={maxResults}
        step={1}
        format={(value) => format.number(value)}
      />
      <SliderField
        label={t('threshold')}
        apiName="score_threshold"
        value={draft.threshold}
        fallback={0}
        onChange={(threshold) => onChange({ threshold })}
        min={0}
        max={1}
        step={0.01}
        format={(value) => format.number(value, { minimumFractionDigits: 2 })}
      />
      <SwitchField
        label={t('ownWeights')}
        hint={t('ownWeightsHint')}
        checked={draft.meaning !== null}
        onChange={(on) => onChange({ meaning: on ? searchDefaults.meaning : null })}
      />
      {draft.meaning !== null && (
        <SliderField
          label={t('weights')}
          apiName="hybrid_search"
          value={draft.meaning}
          fallback={searchDefaults.meaning}
          onChange={(meaning) => onChange({ meaning })}
          min={0}
          max={100}
          step={5}
          format={(value) => t('weightsValue', { meaning: value, words: 100 - value })}
        />
      )}
    </>
  );
}

function faultOf(filter: string): string | null {
  try {
    if (filter.trim() !== '') JSON.parse(filter);
    return null;
  } catch (error) {
    return String(error);
  }
}

/** The same search from a terminal; the key comes from its environment. */
function toCurl(storeId: string, request: SearchRequest): string {
  const body = JSON.stringify(toBody(request), null, 2).replaceAll("'", String.raw`'\''`);
  return `curl '${location.origin}${pathOfStore(storeId)}/search' \\
  -H "Authorization: Bearer $KUMIKI_API_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '${body}'
`;
}
