import { SlidersHorizontal } from 'lucide-react';
import type { RefObject } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from '../../ui/button.tsx';
import type { ChatStore } from '../run/chat-store.ts';
import type { UsedSettings } from '../state/use-chat-settings.ts';
import { Composer } from './composer.tsx';
import { KnowledgePicker } from './knowledge-picker.tsx';
import { ModelPicker } from './model-picker.tsx';
import type { useComposer } from './use-composer.ts';
import { useStop } from './use-stop.ts';

/** The composer of a chat, with the settings of its next turn. */
export function ComposerArea({
  store,
  used,
  composer,
  input,
  isPanelOpen,
  onPanel,
}: {
  readonly store: ChatStore | null;
  readonly used: UsedSettings;
  readonly composer: ReturnType<typeof useComposer>;
  readonly input: RefObject<HTMLTextAreaElement | null>;
  readonly isPanelOpen: boolean;
  readonly onPanel: () => void;
}) {
  const t = useTranslations('chat');
  const { stop, isStopping } = useStop(store);
  const { draft, change } = composer;
  return (
    <Composer
      text={draft.text}
      onText={(text) => change({ text })}
      onSend={composer.submit}
      onStop={stop}
      onAttach={composer.attach}
      attachments={composer.attachments}
      queued={draft.queued}
      onQueued={(queued) => change({ queued })}
      onSendQueued={composer.sendNow}
      waitsFor={composer.waitsFor}
      isRunning={composer.isRunning}
      isStopping={isStopping}
      off={used.model === null ? t('composer.waiting') : null}
      input={input}
      tools={
        <>
          <KnowledgePicker
            chosen={used.settings.vector_store_ids ?? []}
            onChange={(ids) => used.change({ vector_store_ids: ids })}
          />
          <IconButton
            icon={SlidersHorizontal}
            size="medium"
            label={t('settings.open')}
            pressed={isPanelOpen}
            onClick={onPanel}
          />
          <ModelPicker used={used} className="ml-auto max-w-44 !font-normal text-soft" />
        </>
      }
    />
  );
}
