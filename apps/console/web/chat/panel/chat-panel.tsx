import { useTranslations } from 'use-intl';
import type { ChatStore } from '../run/chat-store.ts';
import type { ChangePlace, ChatPlace } from '../state/use-chat-search.ts';
import type { UsedSettings } from '../state/use-chat-settings.ts';
import { useTurn } from '../state/use-chat.ts';
import { RawPanel } from './raw-panel.tsx';
import SettingsPanel from './settings-panel.tsx';
import { SidePanel } from './side-panel.tsx';
import { SourcesPanel } from './sources-panel.tsx';

/** The side panel of a chat, as the address names it. */
export default function ChatPanel({
  store,
  used,
  place,
  change,
}: {
  readonly store: ChatStore;
  readonly used: UsedSettings;
  readonly place: ChatPlace;
  readonly change: ChangePlace;
}) {
  const t = useTranslations('chat');
  const turn = useTurn(store, place.of ?? '');
  const close = (): void => change({ panel: null, of: null, source: null });
  if (place.panel === 'settings') return <SettingsPanel used={used} onClose={close} />;
  if (place.panel === null || turn === undefined) return null;
  if (place.panel === 'raw') {
    return (
      <SidePanel title={t('raw.title')} onClose={close}>
        <RawPanel turn={turn} />
      </SidePanel>
    );
  }
  return (
    <SidePanel title={t('sources.title')} onClose={close}>
      <SourcesPanel turn={turn} opened={place.source} onOpen={(source) => change({ source })} />
    </SidePanel>
  );
}
