import { messages as en } from '../../apps/console/web/i18n/messages/en/index.ts';
import { messages as ja } from '../../apps/console/web/i18n/messages/ja/index.ts';

export type Locale = 'en' | 'ja';

const languages: Readonly<Record<Locale, unknown>> = { en, ja };

/** The console's text in a language by message key, since tests look for what people see. */
export function say(locale: Locale, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  let found: unknown = languages[locale];
  for (const part of key.split('.')) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== 'string') throw new Error(`There is no message ${key} in ${locale}.`);
  const text = found.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  if (text.includes('{')) throw new Error(`${key} needs more than plain values: ${found}`);
  return text;
}
