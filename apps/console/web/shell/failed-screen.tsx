import { useRouter } from '@tanstack/react-router';
import { useTranslations } from 'use-intl';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/panel.tsx';
import { ErrorNotice } from './error-notice.tsx';

/** Shown instead of a screen that threw. */
export function FailedScreen({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const t = useTranslations('shell.crashed');
  const router = useRouter();
  const again = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="grid h-full place-items-center p-6">
      <EmptyState title={t('title')} action={<Button onClick={again}>{t('again')}</Button>}>
        <p className="mb-4">{t('text')}</p>
        <ErrorNotice error={error} />
      </EmptyState>
    </div>
  );
}

/** Shown instead of a screen that does not exist. */
export function MissingScreen() {
  const t = useTranslations('shell.notFound');
  const router = useRouter();
  return (
    <div className="grid h-full place-items-center p-6">
      <EmptyState
        title={t('title')}
        action={<Button onClick={() => void router.navigate({ to: '/chat' })}>{t('home')}</Button>}
      >
        {t('text')}
      </EmptyState>
    </div>
  );
}
