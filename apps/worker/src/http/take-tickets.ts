import { KumikiError } from '@kumiki/api';
import type { Ticket } from '../generation/admission.ts';
import { untilAborted } from '../generation/until-aborted.ts';
import type { Exchange } from './exchange.ts';
import type { Serving } from './serving.ts';

/** Takes places for `count` answers of a request. Throws KumikiError `queue_full`. */
export function takeTickets(serving: Serving, exchange: Exchange, count: number): Ticket[] {
  const tickets = serving.admission.enter(count, exchange.tenant);
  serving.preparing.delete(exchange);
  if (tickets !== null) return tickets;
  const retryAfterMs = serving.admission.retryAfterMs();
  const limit = serving.engine.model.maxSequences + serving.maxWaiting;
  const retryAfter = `${Math.ceil(retryAfterMs / 1_000)}s`;
  throw new KumikiError('queue_full', { model: serving.facts.modelName, limit, retryAfter }, { retryAfterMs });
}

/** Rejects with the signal's reason when it aborts first. */
export async function waitForTurn(ticket: Ticket | undefined, signal: AbortSignal): Promise<void> {
  if (ticket?.turn) await untilAborted(ticket.turn, signal);
}
