import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import type { Siblings } from '../model/tree.ts';
import { useChatActions } from '../state/chat-context.tsx';

/** `‹ 2/3 ›`: the other branches at this place. */
export function BranchArrows({ siblings: { ids, index } }: { readonly siblings: Siblings }) {
  const t = useTranslations('chat.branch');
  const { showBranch } = useChatActions();
  const go = (to: number): void => {
    const id = ids[to];
    if (id !== undefined) showBranch(id);
  };
  return (
    <span role="group" aria-label={t('label')} className="inline-flex items-center text-xs text-soft tabular-nums">
      <IconButton
        icon={ChevronLeft}
        label={t('previous')}
        off={index === 0 ? '' : null}
        onClick={() => go(index - 1)}
      />
      <span>
        <span className="sr-only">{t('of', { index: index + 1, count: ids.length })}</span>
        <span aria-hidden>
          {index + 1}/{ids.length}
        </span>
      </span>
      <IconButton
        icon={ChevronRight}
        label={t('next')}
        off={index === ids.length - 1 ? '' : null}
        onClick={() => go(index + 1)}
      />
    </span>
  );
}
