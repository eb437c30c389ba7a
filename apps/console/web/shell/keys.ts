import { useEffect, useRef } from 'react';

/** The combinations that work everywhere; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
const shortcuts = {
  palette: { mod: true, shift: false, code: 'KeyK' },
  help: { mod: true, shift: false, code: 'Slash' },
  newChat: { mod: true, shift: true, code: 'KeyO' },
  sidebar: { mod: true, shift: true, code: 'KeyS' },
  copyAnswer: { mod: true, shift: true, code: 'KeyC' },
  copyCode: { mod: true, shift: true, code: 'Semicolon' },
  focusInput: { mod: false, shift: true, code: 'Escape' },
  stop: { mod: false, shift: false, code: 'Escape' },
} as const satisfies Record<string, { mod: boolean; shift: boolean; code: string }>;

export type ShortcutName = keyof typeof shortcuts;

const isMac = /mac|iphone|ipad/i.test(navigator.platform);

const names: Readonly<Record<string, string>> = { Slash: '/', Semicolon: ';', Escape: 'Esc' };

/** The keys of a shortcut as they stand on this keyboard. */
export function keysOf(name: ShortcutName): readonly string[] {
  const { mod, shift, code } = shortcuts[name];
  const keys: string[] = [];
  if (mod) keys.push(isMac ? '⌘' : 'Ctrl');
  if (shift) keys.push(isMac ? '⇧' : 'Shift');
  keys.push(names[code] ?? code.replace(/^Key/, ''));
  return keys;
}

/**
 * Whether a key belongs to an input method that is composing: Enter then confirms a conversion. Safari ends the
 * composition before it reports that Enter, and marks it only by the key code 229.
 */
export function isComposing(event: { readonly isComposing?: boolean; readonly keyCode?: number }): boolean {
  return event.isComposing === true || event.keyCode === 229;
}

/** Calls back when the keys are pressed anywhere. If the handler returns false, the browser handles the keys. */
export function useShortcut(name: ShortcutName, handler: () => void | false): void {
  const latest = useRef(handler);
  latest.current = handler;
  useEffect(() => {
    const wanted = shortcuts[name];
    const onKey = (event: KeyboardEvent): void => {
      if (isComposing(event) || event.defaultPrevented || event.altKey) return;
      const mod = isMac ? event.metaKey : event.ctrlKey;
      if (event.code !== wanted.code || mod !== wanted.mod || event.shiftKey !== wanted.shift) return;
      if (latest.current() !== false) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [name]);
}
