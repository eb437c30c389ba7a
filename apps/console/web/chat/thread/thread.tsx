import { ArrowDown } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useTranslations } from 'use-intl';
import { pathTo } from '../model/tree.ts';
import type { ChatStore } from '../run/chat-store.ts';
import { useChatPart, useIsRunning } from '../state/use-chat.ts';
import { Announcer } from './announcer.tsx';
import { PendingTurnView } from './pending-turn.tsx';
import { TurnView } from './turn-view.tsx';
import { useProgressiveCount } from './use-progressive-count.ts';
import { useStickToEnd } from './use-stick-to-end.ts';
import './thread.css';

/** The turns of the shown branch. The last ones are rendered at once, the earlier ones while the browser is idle. */
export function Thread({ store }: { readonly store: ChatStore }) {
  const t = useTranslations('chat.thread');
  const tree = useChatPart(store, (state) => state.tree);
  const leaf = useChatPart(store, (state) => state.leaf);
  const pending = useChatPart(store, (state) => state.pending);
  const isRunning = useIsRunning(store);
  // A message that is sent as a branch replaces the turns after its parent.
  const end = pending === null ? leaf : pending.previousId;
  const path = useMemo(() => pathTo(tree, end), [tree, end]);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const count = useProgressiveCount(path.length, scroller, content);
  const { hasNews, toEnd } = useStickToEnd(scroller, content, pending?.key ?? null);
  const shown = path.slice(path.length - count);
  return (
    <div className="relative min-h-0 flex-1">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div ref={scroller} tabIndex={0} className="h-full overflow-y-auto outline-offset-[-3px]" data-thread-scroller>
        <div
          ref={content}
          role="log"
          aria-label={t('label')}
          aria-busy={isRunning}
          // The status beside it says what happens; every token read aloud would be noise.
          aria-live="off"
          className="mx-auto max-w-3xl px-4 pt-6 pb-8"
        >
          {shown.map((id, index) => (
            <TurnView key={id} store={store} id={id} isLast={index === shown.length - 1 && pending === null} />
          ))}
          {pending !== null && <PendingTurnView store={store} pending={pending} />}
        </div>
      </div>
      {hasNews && (
        <button
          type="button"
          onClick={toEnd}
          className="floating absolute bottom-3 left-1/2 flex -translate-x-1/2 items-center gap-1.5 !rounded-full px-3.5 py-1.5 text-sm font-medium hover:bg-sunken"
        >
          <ArrowDown aria-hidden className="size-4" />
          {t('newText')}
        </button>
      )}
      <Announcer store={store} />
    </div>
  );
}
