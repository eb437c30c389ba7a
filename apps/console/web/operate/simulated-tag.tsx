import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'use-intl';

/** Marks what makes nonsense on purpose, so that nobody takes it for a model. */
export function SimulatedTag() {
  const t = useTranslations('models');
  return (
    <span className="ml-2 inline-flex whitespace-nowrap items-center gap-1 rounded-full border border-line-strong px-1.5 text-xs text-soft">
      <FlaskConical aria-hidden className="size-3" />
      {t('simulated')}
    </span>
  );
}
