import { Braces, BookOpenText, CopyPlus, Ellipsis, GitFork, RefreshCw, Replace, Type } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { showToast } from '../../ui/toast.tsx';
import { plainText } from '../markdown/plain-markdown.ts';
import { answerText } from '../model/answer-text.ts';
import type { ShownTurn } from '../model/turn.ts';
import { useChatActions } from '../state/chat-context.tsx';
import { TurnDetails } from './turn-details.tsx';

/** What can be done with an answer that has ended. */
export function TurnActions({ turn, arrows }: { readonly turn: ShownTurn; readonly arrows: ReactNode }) {
  const t = useTranslations('chat.actions');
  const shell = useTranslations('shell');
  const { regenerate, openPanel } = useChatActions();
  const { response, response_id: id } = turn;
  const hasSources = response.output.some(({ type }) => type === 'file_search_call');
  return (
    <div role="group" aria-label={t('label')} className="turn-actions mt-2 -ml-1.5 flex flex-wrap items-center">
      {arrows}
      <CopyButton text={() => answerText(response)} label={t('copy')} doneLabel={shell('copied')} />
      <IconButton icon={RefreshCw} label={t('regenerate')} onClick={() => regenerate(id)} />
      <OtherModels turn={turn} />
      {hasSources && <IconButton icon={BookOpenText} label={t('sources')} onClick={() => openPanel('sources', id)} />}
      <TurnDetails turn={turn} />
      <MoreActions turn={turn} />
    </div>
  );
}

function OtherModels({ turn }: { readonly turn: ShownTurn }) {
  const t = useTranslations('chat.actions');
  const { models, regenerate } = useChatActions();
  const others = models.filter((model) => model !== turn.response.model);
  if (others.length === 0) return null;
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={Replace} label={t('regenerateWith')} />}
      entries={others.map((model) => ({ label: model, onSelect: () => regenerate(turn.response_id, model) }))}
    />
  );
}

function MoreActions({ turn }: { readonly turn: ShownTurn }) {
  const t = useTranslations('chat.actions');
  const { fork, openPanel } = useChatActions();
  const { response, response_id: id } = turn;
  const copy = (text: string) => () => {
    void navigator.clipboard.writeText(text).then(() => showToast({ title: t('copied') }));
  };
  return (
    <Menu
      align="start"
      trigger={<IconButton icon={Ellipsis} label={t('more')} />}
      entries={[
        { label: t('copyPlain'), icon: Type, onSelect: () => copy(plainText(answerText(response)))() },
        { label: t('copyId'), icon: CopyPlus, onSelect: copy(id) },
        null,
        { label: t('forkPath'), icon: GitFork, onSelect: () => fork(id, 'path') },
        { label: t('forkAll'), icon: GitFork, onSelect: () => fork(id, 'all') },
        { label: t('forkFrom'), icon: GitFork, onSelect: () => fork(id, 'from_here') },
        null,
        { label: t('raw'), icon: Braces, onSelect: () => openPanel('raw', id) },
      ]}
    />
  );
}
