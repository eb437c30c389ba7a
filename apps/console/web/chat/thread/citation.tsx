import { useFormatter, useTranslations } from 'use-intl';
import { HoverCard } from '../../ui/hover-card.tsx';
import type { Source } from '../model/sources.ts';

const shownCharacters = 420;

/** `[1]` in an answer: the passage on hover and focus, its source on click. */
export function Citation({ source, onOpen }: { readonly source: Source; readonly onOpen: () => void }) {
  const t = useTranslations('chat.sources');
  const format = useFormatter();
  const { number, filename, score, text } = source;
  return (
    <HoverCard
      trigger={
        <button
          type="button"
          className="citation"
          aria-label={t('citation', { number, file: filename })}
          onClick={onOpen}
        >
          {number}
        </button>
      }
    >
      <p className="flex items-baseline gap-2 font-medium">
        <bdi className="min-w-0 flex-1 truncate">{filename}</bdi>
        {score !== null && (
          <span className="text-xs font-normal text-faint tabular-nums">
            {t('score', { score: format.number(score, { maximumFractionDigits: 2 }) })}
          </span>
        )}
      </p>
      <p dir="auto" className="mt-1 text-xs leading-5 break-words whitespace-pre-line text-soft [unicode-bidi:isolate]">
        {text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text}
      </p>
    </HoverCard>
  );
}
