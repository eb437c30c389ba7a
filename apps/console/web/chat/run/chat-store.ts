import type { Chat } from '@kumiki/api';
import type { RequestBody } from '../model/build-request.ts';
import type { ShownTurn } from '../model/turn.ts';
import { beginTurn } from './begin-turn.ts';
import { cancelTurn, followTurn } from './follow-turn.ts';
import { loadChat } from './load-chat.ts';
import { type ChatState, createStoreCore, isOpenTurn } from './store-core.ts';

export interface ChatStore {
  readonly id: string;
  readonly subscribe: (listener: () => void) => () => void;
  readonly state: () => ChatState;
  readonly turn: (id: string) => ShownTurn | undefined;
  readonly load: () => Promise<void>;
  readonly setChat: (chat: Chat) => void;
  /** Shows the branch that ends with a turn. */
  readonly select: (leaf: string) => void;
  /** @param key names the request: what is sent twice under one key begins once. */
  readonly ask: (body: RequestBody, previousId: string | null, key: string) => Promise<void>;
  /** Forgets a turn that could not begin. */
  readonly dropPending: () => void;
  readonly retryPending: () => Promise<void>;
  /** Stops what is being written at the end of the shown branch. Throws ApiError. */
  readonly stop: () => Promise<void>;
  /** Hears a turn again that was lost. */
  readonly hear: (id: string) => void;
  /** Whether it has something open that would be lost with it. */
  readonly isBusy: () => boolean;
}

/** One chat of this tab: what the server has stored, what its streams bring, and what was sent. */
export function createChatStore(id: string, known: Chat | null): ChatStore {
  const core = createStoreCore(id, known);
  return {
    id,
    subscribe: core.subscribe,
    state: () => core.state,
    turn: (turnId) => core.turns.get(turnId),
    load: () => loadChat(core),
    setChat: (chat) => core.set({ chat }),
    select: (leaf) => core.set({ leaf }),
    ask: (body, previousId, key) => beginTurn(core, { key, body, previousId, state: 'sending', error: null }),
    dropPending: () => core.set({ pending: null }),
    async retryPending() {
      const { pending } = core.state;
      if (pending?.state === 'failed') await beginTurn(core, { ...pending, state: 'sending', error: null });
    },
    async stop() {
      const { pending, leaf } = core.state;
      if (pending !== null && pending.state !== 'failed') core.stopWhenBegun = true;
      else if (leaf !== null && isOpenTurn(core, leaf)) await cancelTurn(core, leaf);
    },
    hear: (turnId) => void followTurn(core, turnId, null),
    isBusy: () => core.state.pending !== null || core.followed.size > 0,
  };
}
