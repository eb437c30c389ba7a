import type { Chat, ChatDetail, Turn } from '@kumiki/api';
import { toApiError } from '../../api/api-error.ts';
import { callApi } from '../../api/call-api.ts';
import { leafBelow } from '../model/tree.ts';
import { isOpen, showTurn } from '../model/turn.ts';
import { beginTurn } from './begin-turn.ts';
import { followTurn } from './follow-turn.ts';
import { takeOutbox } from './outbox.ts';
import { type StoreCore, treeOf } from './store-core.ts';

export const chatsPath = '/v1/kumiki/chats';

/** Pages of a chat's turns: as many as a chat may have turns. */
const maxPages = 4_096;

/** Fetches a chat, follows the answer that is being written in it, and sends turns that were never answered. */
export async function loadChat(core: StoreCore): Promise<void> {
  try {
    const { chat, turns } = await fetchChat(core.id);
    takeTurns(core, turns);
    const tree = treeOf(core);
    const current = chat.current_response_id;
    const leaf = core.state.leaf ?? (current !== null && core.turns.has(current) ? current : leafBelow(tree, null));
    core.set({ chat, state: 'ready', error: null, tree, leaf });
  } catch (error) {
    // The shown content stays; it is only not up to date.
    if (core.state.state !== 'ready') core.set({ state: 'failed', error: toApiError(error) });
    return;
  }
  for (const turn of core.turns.values()) if (isOpen(turn)) void followTurn(core, turn.response_id, null);
  await sendOutbox(core);
}

/** A chat with all its turns, page after page. */
async function fetchChat(id: string): Promise<{ readonly chat: Chat; readonly turns: readonly Turn[] }> {
  const all: Turn[] = [];
  for (let after = '', pages = 1; ; pages++) {
    const { turns, has_more: more, ...chat } = await callApi<ChatDetail>(`${chatsPath}/${id}${after}`);
    all.push(...turns);
    const last = turns.at(-1);
    if (!more || last === undefined || pages === maxPages) return { chat, turns: all };
    after = `?after=${last.response_id}`;
  }
}

function takeTurns(core: StoreCore, stored: readonly Turn[]): void {
  const ids = new Set(stored.map(({ response_id }) => response_id));
  core.order = [...ids, ...core.order.filter((id) => !ids.has(id))];
  for (const turn of stored) {
    const before = core.turns.get(turn.response_id);
    // Events that arrived since the request was sent are newer than its reply.
    const isNewer = before === undefined || before.last_sequence < turn.last_sequence;
    if (before !== undefined && (core.followed.has(turn.response_id) || !isNewer)) continue;
    core.turns.set(turn.response_id, { ...showTurn(turn), ...(before === undefined ? {} : seenHere(before)) });
  }
}

function seenHere({ pace, requestId }: ReturnType<typeof showTurn>) {
  return { pace, requestId };
}

async function sendOutbox(core: StoreCore): Promise<void> {
  const entry = takeOutbox(core.id, Date.now());
  if (entry === null || core.state.pending !== null) return;
  const previousId = entry.body['previous_response_id'];
  await beginTurn(core, {
    key: entry.key,
    body: entry.body,
    previousId: typeof previousId === 'string' ? previousId : null,
    state: 'sending',
    error: null,
  });
}
