import { ArrowLeft, CircleCheck, CircleDashed } from 'lucide-react';
import { useMemo } from 'react';
import { useFormatter, useTranslations } from 'use-intl';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { EmptyState } from '../../ui/panel.tsx';
import { answerText } from '../model/answer-text.ts';
import { type Source, sourcesOf, storesOf } from '../model/sources.ts';
import type { ShownTurn } from '../model/turn.ts';
import { SourceView } from './source-view.tsx';

/** All passages that were searched for an answer, those that it names first to be seen; one of them in its source. */
export function SourcesPanel({
  turn,
  opened,
  onOpen,
}: {
  readonly turn: ShownTurn;
  readonly opened: number | null;
  readonly onOpen: (number: number | null) => void;
}) {
  const t = useTranslations('chat.sources');
  const { response } = turn;
  const sources = useMemo(() => sourcesOf(response, answerText(response)), [response]);
  const one = sources.find(({ number }) => number === opened);
  if (one !== undefined) {
    return (
      <>
        <Button kind="ghost" size="small" icon={ArrowLeft} className="mb-2 -ml-2" onClick={() => onOpen(null)}>
          {t('back')}
        </Button>
        <SourceView source={one} stores={storesOf(response)} />
      </>
    );
  }
  if (sources.length === 0) return <EmptyState title={t('none')} />;
  return (
    <>
      <p className="mb-3 text-sm text-soft">
        {t('note', { used: sources.filter(({ used }) => used).length, count: sources.length })}
      </p>
      <ul className="grid gap-2">
        {sources.map((source) => (
          <SourceCard key={source.number} source={source} onOpen={() => onOpen(source.number)} />
        ))}
      </ul>
    </>
  );
}

const shownCharacters = 260;

function SourceCard({ source, onOpen }: { readonly source: Source; readonly onOpen: () => void }) {
  const t = useTranslations('chat.sources');
  const format = useFormatter();
  const { number, filename, score, text, used } = source;
  const Icon = used ? CircleCheck : CircleDashed;
  return (
    <li>
      <button
        type="button"
        aria-label={t('open', { number, file: filename })}
        onClick={onOpen}
        className={classes(
          'w-full rounded-xl border p-3 text-left hover:border-line-strong',
          used ? 'border-accent-text/50 bg-accent-soft/50' : 'border-line',
        )}
      >
        <span className="flex items-baseline gap-2 text-sm font-medium">
          <span className="text-accent-text tabular-nums">[{number}]</span>
          <bdi className="min-w-0 flex-1 truncate">{filename}</bdi>
        </span>
        <span dir="auto" className="mt-1 line-clamp-3 text-xs leading-5 break-words text-soft [unicode-bidi:isolate]">
          {text.slice(0, shownCharacters)}
        </span>
        <span className="mt-2 flex items-center gap-3 text-xs text-faint">
          <span className={classes('flex items-center gap-1', used && 'font-medium text-accent-text')}>
            <Icon aria-hidden className="size-3.5" />
            {used ? t('cited') : t('notCited')}
          </span>
          {score !== null && (
            <span className="tabular-nums">
              {t('score', { score: format.number(score, { maximumFractionDigits: 3 }) })}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
