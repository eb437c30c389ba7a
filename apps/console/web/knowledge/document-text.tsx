import { type RefObject, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { classes } from '../ui/classes.ts';
import { Highlighted } from './highlighted.tsx';
import type { FileContent, PassagePlace } from './store-types.ts';
import { overlapOf } from './trim-overlap.ts';

/**
 * A document as it was parsed, passage by passage. Overlaps are left out, except around the selected passage, which is
 * shown completely.
 */
export function DocumentText({
  passages,
  chunkId,
  terms,
  target,
}: {
  readonly passages: FileContent['data'];
  /** The passage that is meant; empty for none. */
  readonly chunkId: string;
  readonly terms: readonly string[];
  /** Is given the element of the passage that is meant. */
  readonly target: RefObject<HTMLDivElement | null>;
}) {
  const t = useTranslations('knowledge.document');
  const shown = useMemo(() => withoutRepetition(passages, chunkId), [passages, chunkId]);
  const labelOf = ({ page, heading }: PassagePlace): string =>
    [page === null ? null : t('page', { page }), heading].filter((part) => part !== null).join(' · ');
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div
      role="region"
      aria-label={t('title')}
      tabIndex={0}
      className="grid grid-cols-[minmax(0,1fr)] gap-1 text-sm leading-6"
    >
      {shown.map(({ place, text, isLabelled, isMeant }) => (
        <div
          key={place.chunk_id}
          ref={isMeant ? target : null}
          aria-current={isMeant ? 'true' : undefined}
          className={classes(
            'rounded-lg px-3 py-2 [contain-intrinsic-size:auto_12rem]',
            isMeant ? 'bg-mark/45 ring-1 ring-line-strong' : '[content-visibility:auto]',
          )}
        >
          {isLabelled && (
            <p className={classes('mb-1 text-xs', isMeant ? 'text-ink' : 'text-faint')}>
              <bdi>{labelOf(place)}</bdi>
              {isMeant && <span className="ml-2 font-medium">{t('here')}</span>}
            </p>
          )}
          <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
            {isMeant ? <Highlighted text={text} terms={terms} /> : text}
          </p>
        </div>
      ))}
    </div>
  );
}

function withoutRepetition(passages: FileContent['data'], chunkId: string) {
  const meant = passages.findIndex(({ kumiki }) => kumiki.chunk_id === chunkId);
  return passages.map(({ text, kumiki }, index) => {
    const previous = passages[index - 1];
    const next = passages[index + 1];
    const from = index === meant || previous === undefined ? 0 : overlapOf(previous.text, text);
    const to = index + 1 === meant && next !== undefined ? text.length - overlapOf(text, next.text) : text.length;
    const before = previous?.kumiki;
    const isNewPlace = before === undefined || before.page !== kumiki.page || before.heading !== kumiki.heading;
    return {
      place: kumiki,
      text: text.slice(from, Math.max(from, to)),
      isLabelled: index === meant || (isNewPlace && (kumiki.page !== null || kumiki.heading !== null)),
      isMeant: index === meant,
    };
  });
}
