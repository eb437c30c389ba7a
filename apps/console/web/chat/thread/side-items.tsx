import { Brain, FileSearch, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { Markdown } from '../markdown/markdown.tsx';
import { Pieces } from '../markdown/plain-text.tsx';
import { type Item, listMember, textMember } from '../model/turn.ts';
import { useChatActions } from '../state/chat-context.tsx';

/** A line that opens to show more. */
function Fold({
  icon,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <details className="group rounded-xl border border-line bg-surface text-sm">
      <summary className="flex cursor-pointer list-none items-center gap-2 rounded-xl px-3 py-2 text-soft hover:text-ink [&_svg]:size-4 [&_svg]:shrink-0">
        {icon}
        <span className="min-w-0 flex-1 break-words">{title}</span>
        <span aria-hidden className="text-faint transition-transform group-open:rotate-90">
          ›
        </span>
      </summary>
      <div className="border-t border-line px-3 py-3">{children}</div>
    </details>
  );
}

function CodeText({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <>
      <p className="mb-1 text-xs text-faint">{label}</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre
        tabIndex={0}
        dir="ltr"
        className="max-h-80 overflow-auto rounded-lg bg-code p-3 font-mono text-xs leading-5 break-words whitespace-pre-wrap"
      >
        <Pieces text={text} />
      </pre>
    </>
  );
}

/** What a model thought before it answered. */
export function ReasoningItem({ item, isGrowing }: { readonly item: Item; readonly isGrowing: boolean }) {
  const t = useTranslations('chat.items');
  const text = [...listMember(item, 'summary'), ...listMember(item, 'content')]
    .map((part) => textMember(part, 'text'))
    .join('\n\n');
  if (text === '' && !isGrowing) return null;
  return (
    <Fold icon={<Brain aria-hidden />} title={isGrowing ? t('reasoningNow') : t('reasoning')}>
      <div className="text-soft [&_.prose]:text-sm">
        <Markdown text={text} isOpen={isGrowing} />
      </div>
    </Fold>
  );
}

export function ToolCallItem({ item, isGrowing }: { readonly item: Item; readonly isGrowing: boolean }) {
  const t = useTranslations('chat.items');
  const name = textMember(item, 'name');
  return (
    <Fold icon={<Wrench aria-hidden />} title={isGrowing ? t('callNow', { name }) : t('call', { name })}>
      <CodeText label={t('arguments')} text={pretty(textMember(item, 'arguments'))} />
    </Fold>
  );
}

/** That files were searched, and the way to what was found. */
export function SearchItem({
  item,
  turnId,
  isGrowing,
}: {
  readonly item: Item;
  readonly turnId: string;
  readonly isGrowing: boolean;
}) {
  const t = useTranslations('chat.items');
  const { openPanel } = useChatActions();
  const count = listMember(item, 'results').length;
  const isCut = textMember(item, 'status') === 'incomplete';
  if (isGrowing || isCut) {
    return (
      <p className="flex items-center gap-2 text-sm text-soft">
        <FileSearch aria-hidden className="size-4" />
        {isCut ? t('searchCut') : t('searching')}
      </p>
    );
  }
  return (
    <button
      type="button"
      onClick={() => openPanel('sources', turnId)}
      className="flex items-center gap-2 justify-self-start rounded-lg py-1 text-sm text-soft hover:text-accent-text"
    >
      <FileSearch aria-hidden className="size-4" />
      <span className="underline decoration-line-strong/60 underline-offset-4">{t('searched', { count })}</span>
    </button>
  );
}

/** An item of a kind that is not known here: nothing of it is hidden. */
export function OtherItem({ item }: { readonly item: Item }) {
  const t = useTranslations('chat.items');
  return (
    <Fold icon={<Wrench aria-hidden />} title={t('other', { type: item.type })}>
      <CodeText label={item.id} text={JSON.stringify(item, null, 2)} />
    </Fold>
  );
}

function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
