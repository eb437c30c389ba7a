import type { ForkChat } from '@kumiki/api';
import { createContext, useContext } from 'react';
import type { ChatStore } from '../run/chat-store.ts';

/** The open side panel, which is part of the address. */
export type PanelName = 'sources' | 'raw' | 'settings';

/** What can be done with the turns of a chat. */
export interface ChatActions {
  readonly store: ChatStore;
  readonly models: readonly string[];
  readonly regenerate: (turnId: string, model?: string) => void;
  readonly goOn: (turnId: string) => void;
  /** Sends an edited text instead of a turn's. */
  readonly edit: (turnId: string, text: string) => void;
  readonly fork: (turnId: string, scope: ForkChat['scope']) => void;
  /** Shows the branch that a turn is on. */
  readonly showBranch: (turnId: string) => void;
  /** Puts a message that could not be sent back to where it was written. */
  readonly takeBack: () => void;
  readonly openPanel: (panel: PanelName, turnId: string, source?: number) => void;
}

const ActionsContext = createContext<ChatActions | null>(null);

export const ChatActionsProvider = ActionsContext;

export function useChatActions(): ChatActions {
  const actions = useContext(ActionsContext);
  if (actions === null) throw new Error('useChatActions needs a ChatActionsProvider');
  return actions;
}
