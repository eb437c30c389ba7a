import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'use-intl';

/** Marks a simulated engine, so that its nonsense is not taken for a model's answer. */
export function SimulatedTag() {
  const t = useTranslations('models');
  return (
    <span className="ml-2 inline-flex whitespace-nowrap items-center gap-1 rounded-full border border-line-strong px-1.5 text-xs text-soft">
      <FlaskConical aria-hidden className="size-3" />
      {t('simulated')}
    </span>
  );
}
