import { useSyncExternalStore } from 'react';

/** Preferences that this browser stores. Never a key, never a text. */
interface Settings {
  readonly locale: string;
  readonly theme: 'system' | 'light' | 'dark';
  readonly contrast: 'system' | 'more';
  readonly enterSends: 'yes' | 'no';
  readonly chatList: 'shown' | 'hidden';
  /** The model that was chosen last. */
  readonly chatModel: string;
}

const fallback: Settings = {
  locale: '',
  theme: 'system',
  contrast: 'system',
  enterSends: 'yes',
  chatList: 'shown',
  chatModel: '',
};
const prefix = 'kumiki.';
const listeners = new Set<() => void>();

export function readSetting<Name extends keyof Settings>(name: Name): Settings[Name] {
  // Some browsers refuse storage to some pages: then nothing is stored.
  try {
    return (localStorage.getItem(prefix + name) as Settings[Name] | null) ?? fallback[name];
  } catch {
    return fallback[name];
  }
}

export function writeSetting<Name extends keyof Settings>(name: Name, value: Settings[Name]): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Nothing is remembered.
  }
  for (const listener of listeners) listener();
}

/** A setting and how to change it; other tabs follow. */
export function useSetting<Name extends keyof Settings>(
  name: Name,
): readonly [Settings[Name], (value: Settings[Name]) => void] {
  const value = useSyncExternalStore(subscribe, () => readSetting(name));
  return [value, (next) => writeSetting(name, next)];
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}
