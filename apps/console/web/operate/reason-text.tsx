import { useLanguage } from '../i18n/i18n.tsx';
import { classes } from '../ui/classes.ts';

/**
 * Why something failed, in the chosen language, with the product's more detailed sentence below. In English only that
 * sentence is shown.
 * @param told null when the reason is not a known one.
 */
export function ReasonText({
  told,
  sentence,
  className,
}: {
  readonly told: string | null;
  readonly sentence: string;
  readonly className?: string;
}) {
  const { locale } = useLanguage();
  return (
    <>
      {told !== null && (locale !== 'en' || sentence === '') && (
        <p className={classes('text-xs break-words', className)}>{told}</p>
      )}
      {sentence !== '' && (
        <p lang="en" className={classes('font-mono text-xs break-words', className ?? 'text-soft')}>
          {sentence}
        </p>
      )}
    </>
  );
}
