import { useEffect } from 'react';
import { useTranslations } from 'use-intl';
import { showToast } from '../ui/toast.tsx';

/** Says when a part of the console that was asked for cannot be loaded: the network is away, or a new version is there. */
export function LoadFailures() {
  const t = useTranslations('shell.notLoaded');
  useEffect(() => {
    const onFailure = (): void =>
      showToast({
        id: 'not-loaded',
        title: t('title'),
        text: t('text'),
        tone: 'bad',
        action: { label: t('reload'), onClick: () => location.reload() },
      });
    // Vite's own event, before the import is rejected.
    window.addEventListener('vite:preloadError', onFailure);
    return () => window.removeEventListener('vite:preloadError', onFailure);
  }, [t]);
  return null;
}
