import { useEffect } from 'react';
import { useSetting } from './stored-settings.ts';

/** Puts the chosen theme and contrast on the document, and follows the system where that was chosen. */
export function useTheme(): void {
  const [theme] = useSetting('theme');
  const [contrast] = useSetting('contrast');
  useEffect(() => {
    const dark = window.matchMedia('(prefers-color-scheme: dark)');
    const more = window.matchMedia('(prefers-contrast: more)');
    const apply = (): void => {
      const { dataset } = document.documentElement;
      dataset['theme'] = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
      dataset['contrast'] = contrast === 'more' || more.matches ? 'more' : 'normal';
    };
    apply();
    dark.addEventListener('change', apply);
    more.addEventListener('change', apply);
    return () => {
      dark.removeEventListener('change', apply);
      more.removeEventListener('change', apply);
    };
  }, [theme, contrast]);
}
