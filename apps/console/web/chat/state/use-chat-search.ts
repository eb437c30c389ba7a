import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { PanelName } from './chat-context.tsx';

/** The part of a chat that is shown, as parameters of the address. */
export interface ChatPlace {
  readonly chatId: string | null;
  /** The end of the branch; null is the one looked at last. */
  readonly branch: string | null;
  readonly panel: PanelName | null;
  /** The turn that the panel is about. */
  readonly of: string | null;
  /** The number of a source in the panel. */
  readonly source: number | null;
}

export type ChangePlace = (part: Partial<Omit<ChatPlace, 'chatId'>>) => void;

const panels: readonly string[] = ['sources', 'raw', 'settings'] satisfies PanelName[];

export function useChatPlace(): readonly [ChatPlace, ChangePlace] {
  const { chatId = null } = useParams({ strict: false });
  const search: Record<string, unknown> = useSearch({ strict: false });
  const navigate = useNavigate();
  const place = useMemo((): ChatPlace => {
    const text = (name: string): string | null => (typeof search[name] === 'string' ? search[name] : null);
    const panel = text('panel');
    const source = Number(search['source']);
    return {
      chatId,
      branch: text('branch'),
      panel: panels.includes(panel ?? '') ? (panel as PanelName) : null,
      of: text('of'),
      source: Number.isInteger(source) && source > 0 ? source : null,
    };
  }, [chatId, search]);
  const change: ChangePlace = (part) => {
    const { chatId: _, ...next } = { ...place, ...part };
    const kept = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null));
    void navigate({ to: '.', search: kept, replace: part.panel === undefined });
  };
  return [place, change];
}
