import type { Chat } from '@kumiki/api';
import type { ApiError } from '../../api/api-error.ts';
import type { RequestBody } from '../model/build-request.ts';
import { buildTree, type Tree } from '../model/tree.ts';
import { isOpen, type ShownTurn } from '../model/turn.ts';
import type { LinkState } from './follow-response.ts';
import { createNotifier } from './notifier.ts';

/** A turn that was sent and has not begun yet. */
export interface PendingTurn {
  readonly key: string;
  readonly body: RequestBody;
  readonly previousId: string | null;
  readonly state: 'sending' | 'retrying' | 'failed';
  readonly error: ApiError | null;
}

/** All of a chat but its turns' texts, which change often. */
export interface ChatState {
  readonly chat: Chat | null;
  readonly state: 'loading' | 'ready' | 'failed';
  readonly error: ApiError | null;
  readonly tree: Tree;
  /** The end of the branch that is shown. */
  readonly leaf: string | null;
  readonly pending: PendingTurn | null;
  /** Turns that are being heard, and those that cannot be heard any more. */
  readonly links: ReadonlyMap<string, LinkState>;
  /** Turns whose stop was asked for. */
  readonly stopping: ReadonlySet<string>;
}

/** What the parts of a chat's store share. */
export interface StoreCore {
  readonly id: string;
  readonly turns: Map<string, ShownTurn>;
  /** Turns in the order in which they began. */
  order: string[];
  readonly followed: Set<string>;
  state: ChatState;
  /** A stop was requested before it had begun. */
  stopWhenBegun: boolean;
  readonly signal: AbortSignal;
  readonly subscribe: (listener: () => void) => () => void;
  readonly set: (change: Partial<ChatState>) => void;
  /** Replaces a known turn; listeners are notified in the next frame. */
  readonly change: (turn: ShownTurn) => void;
}

export function createStoreCore(id: string, chat: Chat | null): StoreCore {
  const { subscribe, tell, notifyInFrame } = createNotifier();
  const core: StoreCore = {
    id,
    turns: new Map(),
    order: [],
    followed: new Set(),
    stopWhenBegun: false,
    signal: new AbortController().signal,
    subscribe,
    state: {
      chat,
      state: chat === null ? 'loading' : 'ready',
      error: null,
      tree: buildTree([]),
      leaf: null,
      pending: null,
      links: new Map(),
      stopping: new Set(),
    },
    set(change) {
      core.state = { ...core.state, ...change };
      tell();
    },
    change(turn) {
      core.turns.set(turn.response_id, turn);
      notifyInFrame();
    },
  };
  return core;
}

export function treeOf({ order, turns }: StoreCore): Tree {
  return buildTree(order.flatMap((id) => turns.get(id) ?? []));
}

export function isOpenTurn({ turns }: StoreCore, id: string): boolean {
  const turn = turns.get(id);
  return turn !== undefined && isOpen(turn);
}

export function markStopping(core: StoreCore, id: string, on: boolean): void {
  const stopping = new Set(core.state.stopping);
  if (on) stopping.add(id);
  else stopping.delete(id);
  core.set({ stopping });
}
