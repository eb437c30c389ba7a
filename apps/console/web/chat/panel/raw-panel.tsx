import { useTranslations } from 'use-intl';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Pieces } from '../markdown/plain-text.tsx';
import type { ShownTurn } from '../model/turn.ts';

/** The turn as the API has it. */
export function RawPanel({ turn }: { readonly turn: ShownTurn }) {
  const t = useTranslations('chat.raw');
  const shell = useTranslations('shell');
  const { pace: _, requestId: __, ...stored } = turn;
  const text = JSON.stringify(stored, null, 2);
  return (
    <>
      <div className="mb-2 flex items-center gap-2">
        <p className="flex-1 text-sm text-soft">{t('note')}</p>
        <CopyButton text={text} label={t('copy')} doneLabel={shell('copied')} />
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <pre
        tabIndex={0}
        aria-label={t('label')}
        dir="ltr"
        className="overflow-x-auto rounded-xl bg-code p-3 font-mono text-xs leading-5"
      >
        <Pieces text={text} />
      </pre>
    </>
  );
}
