import { memo, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { inputText, readAttachments } from '../model/build-request.ts';
import { type Siblings, siblingsOf } from '../model/tree.ts';
import { isOpen } from '../model/turn.ts';
import type { ChatStore } from '../run/chat-store.ts';
import { useChatPart, useTurn } from '../state/use-chat.ts';
import { AnswerEnd } from './answer-end.tsx';
import { AnswerItems } from './answer-items.tsx';
import { BranchArrows } from './branch-arrows.tsx';
import { StatusLine } from './status-line.tsx';
import { TurnActions } from './turn-actions.tsx';
import { UserMessage } from './user-message.tsx';

/** What was asked and what was answered. */
export const TurnView = memo(function TurnView({
  store,
  id,
  isLast,
}: {
  readonly store: ChatStore;
  readonly id: string;
  readonly isLast: boolean;
}) {
  const t = useTranslations('chat.thread');
  const turn = useTurn(store, id);
  const siblings = useSiblings(store, id);
  const text = useMemo(() => (turn === undefined ? '' : inputText(turn.input)), [turn?.input]);
  if (turn === undefined) return null;
  const { response } = turn;
  // Branches of one message are other answers to it; else they are other messages.
  const areAnswers = siblings.ids.every((other) => other === id || inputText(store.turn(other)?.input ?? []) === text);
  const arrows = siblings.ids.length > 1 ? <BranchArrows siblings={siblings} /> : null;
  const open = isOpen(turn);
  return (
    <article className="turn pb-8" aria-label={text.slice(0, labelCharacters)}>
      <UserMessage
        id={id}
        text={text}
        attachments={readAttachments(response.metadata)}
        arrows={areAnswers ? null : arrows}
      />
      <div className={open ? 'answer-open mt-5' : 'mt-5'}>
        <h2 className="sr-only">{t('answer', { model: response.model })}</h2>
        <AnswerItems turn={turn} />
        {open && <StatusLine store={store} turn={turn} />}
        <AnswerEnd store={store} turn={turn} isLast={isLast} />
        {!open && <TurnActions turn={turn} arrows={areAnswers ? arrows : null} />}
        {open && areAnswers && arrows !== null && <div className="mt-2">{arrows}</div>}
      </div>
    </article>
  );
});

/** The branches at a turn: the same object until there is another one. */
function useSiblings(store: ChatStore, id: string): Siblings {
  const names = useChatPart(store, ({ tree }) => siblingsOf(tree, id).ids.join(' '));
  return useMemo(() => siblingsOf(store.state().tree, id), [store, id, names]);
}

const labelCharacters = 80;
