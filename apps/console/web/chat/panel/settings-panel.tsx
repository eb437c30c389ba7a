import { useTranslations } from 'use-intl';
import type { UsedSettings } from '../state/use-chat-settings.ts';
import { Parameters } from './parameters.tsx';
import { SidePanel } from './side-panel.tsx';

export default function SettingsPanel({
  used,
  onClose,
}: {
  readonly used: UsedSettings;
  readonly onClose: () => void;
}) {
  const t = useTranslations('chat.settings');
  return (
    <SidePanel title={t('title')} onClose={onClose}>
      <Parameters used={used} />
    </SidePanel>
  );
}
