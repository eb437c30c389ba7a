import { toApiError } from '../../api/api-error.ts';
import { noPace, type ShownTurn } from '../model/turn.ts';
import { type Created, createResponse } from './create-response.ts';
import { cancelTurn, followTurn } from './follow-turn.ts';
import { openStream } from './open-stream.ts';
import { clearOutbox, putOutbox } from './outbox.ts';
import { type PendingTurn, type StoreCore, treeOf } from './store-core.ts';
import { waitForBetterTimes } from './wait.ts';

/** Sends a turn until it has begun or was refused, then follows its stream. */
export async function beginTurn(core: StoreCore, pending: PendingTurn): Promise<void> {
  const { id, signal } = core;
  const askedAt = performance.now();
  core.set({ pending });
  putOutbox(id, { key: pending.key, body: pending.body, at: Date.now() });
  try {
    const created = await createResponse(pending.body, pending.key, {
      post: (body, key) => openStream('/v1/responses', { body, headers: { 'idempotency-key': key }, signal }),
      wait: (ms) => waitForBetterTimes(ms, signal),
      chance: Math.random,
      signal,
      again: () => core.set({ pending: { ...pending, state: 'retrying' } }),
    });
    begun(core, pending, created, askedAt);
    if (core.stopWhenBegun) await cancelTurn(core, created.response.id);
  } catch (error) {
    core.set({ pending: { ...pending, state: 'failed', error: toApiError(error) } });
  } finally {
    clearOutbox(id);
    core.stopWhenBegun = false;
  }
}

function begun(core: StoreCore, pending: PendingTurn, created: Created, askedAt: number): void {
  const { response, rest } = created;
  if (!core.turns.has(response.id)) {
    core.order.push(response.id);
    core.turns.set(response.id, newTurn(pending, created, askedAt));
  }
  core.set({ pending: null, tree: treeOf(core), leaf: response.id });
  void followTurn(core, response.id, rest);
}

function newTurn({ body, previousId }: PendingTurn, created: Created, askedAt: number): ShownTurn {
  const { response, sequence, requestId } = created;
  const input = body['input'] as ShownTurn['input'];
  return {
    response_id: response.id,
    previous_response_id: previousId,
    created_at: response.created_at,
    input: input.map((item, index) => ({ ...item, id: `${response.id}_${index}` })),
    response,
    timing: { queued_ms: null, first_token_ms: null, total_ms: null },
    last_sequence: sequence,
    pace: { ...noPace, askedAt },
    requestId,
  };
}
