import { useTranslations } from 'use-intl';
import { useShortcut } from '../../shell/keys.ts';
import { showToast } from '../../ui/toast.tsx';
import { answerText, lastCodeBlock } from '../model/answer-text.ts';
import { pathTo } from '../model/tree.ts';
import type { ChatStore } from '../run/chat-store.ts';

/** Keys that copy the last answer, and the last block of code of the shown branch. */
export function useCopyKeys(store: ChatStore): void {
  const t = useTranslations('chat.actions');
  const answers = (): readonly string[] => {
    const { tree, leaf } = store.state();
    return pathTo(tree, leaf)
      .toReversed()
      .map((id) => answerText(store.turn(id)?.response ?? { output: [] }));
  };
  const copy = (text: string | null | undefined): void => {
    if (text == null || text === '') return showToast({ title: t('nothingToCopy') });
    void navigator.clipboard.writeText(text).then(() => showToast({ title: t('copied') }));
    return undefined;
  };
  useShortcut('copyAnswer', () => copy(answers()[0]));
  useShortcut('copyCode', () =>
    copy(
      answers()
        .map(lastCodeBlock)
        .find((code) => code !== null),
    ),
  );
}
