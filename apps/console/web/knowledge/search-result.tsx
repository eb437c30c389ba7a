import { FileText } from 'lucide-react';
import { useState } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { classes } from '../ui/classes.ts';
import { AttributeChips } from './attribute-chips.tsx';
import { findTerms } from './find-terms.ts';
import { Highlighted } from './highlighted.tsx';
import type { SearchResult } from './store-types.ts';

/** Longer passages are shown in part at first. */
const longCharacters = 480;
/** What stands before the first word that was asked for, when the excerpt begins there. */
const leadCharacters = 120;

/** A passage that was found: where it stands, what it says, how well it fits. */
export function SearchResultCard({
  rank,
  result,
  terms,
  share,
  onOpen,
}: {
  readonly rank: number;
  readonly result: SearchResult;
  readonly terms: readonly string[];
  /** Of the best score. */
  readonly share: number;
  readonly onOpen: () => void;
}) {
  const t = useTranslations('knowledge.search');
  const [whole, setWhole] = useState(false);
  const text = result.content.map((part) => part.text).join('\n');
  const isLong = text.length > longCharacters;
  const from = whole ? 0 : startOfExcerpt(text, terms);
  const { page, heading } = result.kumiki;
  return (
    <li className="rounded-2xl border border-line bg-surface px-5 py-4">
      <div className="flex items-start gap-3">
        <span aria-hidden className="pt-0.5 text-sm font-medium text-faint tabular-nums">
          {rank}
        </span>
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <h2 className="min-w-0 truncate text-sm font-semibold">
              <bdi>{result.filename}</bdi>
            </h2>
            {page !== null && <span className="text-xs text-soft">{t('page', { page })}</span>}
          </div>
          {heading !== null && (
            <p className="truncate text-xs text-faint">
              <bdi>{heading}</bdi>
            </p>
          )}
        </div>
        <Score score={result.score} share={share} />
      </div>
      <p
        dir="auto"
        className={classes(
          'mt-3 text-sm leading-6 wrap-anywhere whitespace-pre-wrap',
          isLong && !whole && 'line-clamp-5',
        )}
      >
        {from > 0 && '… '}
        <Highlighted text={text.slice(from)} terms={terms} />
      </p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button size="small" icon={FileText} onClick={onOpen}>
          {t('open')}
        </Button>
        {isLong && (
          <Button size="small" kind="ghost" aria-expanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? t('less') : t('whole')}
          </Button>
        )}
        <AttributeChips attributes={result.attributes} />
      </div>
    </li>
  );
}

/** Where an excerpt begins, so that the first words that were asked for are in it. */
function startOfExcerpt(text: string, terms: readonly string[]): number {
  const first = findTerms(text, terms)[0]?.start ?? 0;
  if (first <= longCharacters / 2) return 0;
  const around = text.slice(first - leadCharacters, first);
  const boundary = around.search(/[\s。、]/);
  return first - leadCharacters + (boundary < 0 ? 0 : boundary + 1);
}

function Score({ score, share }: { readonly score: number; readonly share: number }) {
  const t = useTranslations('knowledge.search');
  const format = useFormatter();
  return (
    <div className="grid w-24 shrink-0 gap-1 text-right">
      <span className="text-xs text-soft tabular-nums">
        <span className="text-faint">{t('score')}</span>{' '}
        {format.number(score, { minimumFractionDigits: 3, maximumFractionDigits: 3 })}
      </span>
      <span aria-hidden className="h-1.5 overflow-hidden rounded-full bg-sunken ring-1 ring-line ring-inset">
        <span className="block h-full rounded-full bg-accent" style={{ width: `${Math.round(share * 100)}%` }} />
      </span>
    </div>
  );
}
