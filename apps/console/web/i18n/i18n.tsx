import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { IntlProvider } from 'use-intl';
import { readSetting, writeSetting } from '../stored/stored-settings.ts';
import type { Messages } from './messages/en/index.ts';

export const locales = ['en', 'ja'] as const;
export type Locale = (typeof locales)[number];

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale;
    Messages: Messages;
  }
}

/** A language is loaded when it is chosen. */
const load: Readonly<Record<Locale, () => Promise<{ messages: Messages }>>> = {
  en: () => import('./messages/en/index.ts'),
  ja: () => import('./messages/ja/index.ts'),
};

interface Language {
  readonly locale: Locale;
  readonly setLocale: (locale: Locale) => void;
}

const LanguageContext = createContext<Language>({ locale: 'en', setLocale: () => undefined });

/** The language of this browser: as chosen here before, else as the browser says. */
function firstLocale(): Locale {
  const stored = readSetting('locale');
  if (locales.includes(stored as Locale)) return stored as Locale;
  return navigator.languages.some((language) => language.toLowerCase().startsWith('ja')) ? 'ja' : 'en';
}

/** Messages, dates and numbers in the chosen language, switched without a reload. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [locale, setLocale] = useState(firstLocale);
  const [loaded, setLoaded] = useState<{ readonly locale: Locale; readonly messages: Messages } | null>(null);

  useEffect(() => {
    let current = true;
    void load[locale]().then(({ messages }) => {
      if (!current) return;
      document.documentElement.lang = locale;
      setLoaded({ locale, messages });
    });
    return () => {
      current = false;
    };
  }, [locale]);

  const language = useMemo<Language>(
    () => ({
      locale,
      setLocale: (next) => {
        writeSetting('locale', next);
        setLocale(next);
      },
    }),
    [locale],
  );
  if (loaded === null) return null;
  return (
    <LanguageContext value={language}>
      <IntlProvider
        locale={loaded.locale}
        messages={loaded.messages}
        timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
        onError={(error) => {
          // A missing message is a fault of ours that the tests look for.
          throw error;
        }}
      >
        {children}
      </IntlProvider>
    </LanguageContext>
  );
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
