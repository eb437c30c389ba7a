import { useEffect, useRef, useState } from 'react';
import { type Draft, readDraft, writeDraft } from './drafts.ts';

const saveMs = 300;

/** The draft of a chat, kept in this browser while it is written and when the page goes. */
export function useDraft(key: string): readonly [Draft, (part: Partial<Draft>) => void] {
  const [state, setState] = useState(() => ({ key, draft: readDraft(key) }));
  const current = state.key === key ? state : { key, draft: readDraft(key) };
  if (state.key !== key) setState(current);
  const unsaved = useRef<(() => void) | null>(null);
  useEffect(() => {
    const save = (): void => unsaved.current?.();
    window.addEventListener('pagehide', save);
    document.addEventListener('visibilitychange', save);
    return () => {
      save();
      window.removeEventListener('pagehide', save);
      document.removeEventListener('visibilitychange', save);
    };
  }, [key]);
  const change = (part: Partial<Draft>): void => {
    setState((before) => {
      const base = before.key === key ? before.draft : readDraft(key);
      const draft = { ...base, ...part };
      const save = (): void => {
        if (unsaved.current !== save) return;
        unsaved.current = null;
        writeDraft(key, draft);
      };
      unsaved.current = save;
      setTimeout(save, saveMs);
      return { key, draft };
    });
  };
  return [current.draft, change];
}
