import { useTranslations } from 'use-intl';
import { Combobox } from '../../ui/combobox.tsx';
import type { UsedSettings } from '../state/use-chat-settings.ts';

/** Which model answers next. */
export function ModelPicker({ used, className }: { readonly used: UsedSettings; readonly className?: string }) {
  const t = useTranslations('chat.model');
  return (
    <Combobox
      label={t('label')}
      value={used.model}
      onChange={(model) => used.change({ model })}
      choices={used.models.map((value) => ({ value, label: value }))}
      searchLabel={t('search')}
      emptyText={t('none')}
      placeholder={t('choose')}
      className={className ?? ''}
    />
  );
}
