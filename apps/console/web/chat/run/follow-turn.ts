import { callApi } from '../../api/call-api.ts';
import { applyEvent, applyStored } from '../model/apply-event.ts';
import type { ResponseBody } from '../model/turn.ts';
import { type FollowedTurn, followResponse, type FollowWays } from './follow-response.ts';
import { openStream } from './open-stream.ts';
import { isOpenTurn, markStopping, type StoreCore } from './store-core.ts';
import { waitForBetterTimes } from './wait.ts';

/** Follows a turn of a chat to its end. Calling it again while it runs has no effect. */
export async function followTurn(core: StoreCore, id: string, first: AsyncIterable<string> | null): Promise<void> {
  if (core.followed.has(id)) {
    await first?.[Symbol.asyncIterator]().return?.();
    return;
  }
  core.followed.add(id);
  await followResponse(followedTurn(core, id), followWays(core, id), first);
  core.followed.delete(id);
  // A lost turn stays marked, so that the screen can show it.
  const links = new Map(core.state.links);
  if (links.get(id) !== 'lost') links.delete(id);
  core.set({ links });
  markStopping(core, id, false);
}

function followedTurn(core: StoreCore, id: string): FollowedTurn {
  return {
    lastSequence: () => core.turns.get(id)?.last_sequence ?? -1,
    isOpen: () => isOpenTurn(core, id),
    take(event) {
      const turn = core.turns.get(id);
      const applied = turn === undefined ? null : applyEvent(turn, event, performance.now());
      if (applied?.kind !== 'applied') return 'gap';
      core.change(applied.turn);
      return 'applied';
    },
    settle(response) {
      const turn = core.turns.get(id);
      if (turn !== undefined) core.change(applyStored(turn, response, performance.now()));
    },
    link(state) {
      if (core.state.links.get(id) !== state) core.set({ links: new Map(core.state.links).set(id, state) });
    },
  };
}

function followWays({ signal }: StoreCore, id: string): FollowWays {
  return {
    open: async (after) =>
      (await openStream(`/v1/responses/${id}?stream=true&starting_after=${after}`, { signal })).events,
    fetch: () => callApi<ResponseBody>(`/v1/responses/${id}`),
    wait: (ms) => waitForBetterTimes(ms, signal),
    chance: Math.random,
    signal,
  };
}

/** Cancels a turn. What it has written stays. Throws ApiError. */
export async function cancelTurn(core: StoreCore, id: string): Promise<void> {
  markStopping(core, id, true);
  try {
    const response = await callApi<ResponseBody>(`/v1/responses/${id}/cancel`, { method: 'POST' });
    const turn = core.turns.get(id);
    // Its stream reports the same, and may be unavailable.
    if (turn !== undefined && core.state.links.get(id) !== 'streaming') {
      core.change(applyStored(turn, response, performance.now()));
    }
  } catch (error) {
    markStopping(core, id, false);
    throw error;
  }
}
