import { bodyLimit } from '../preparation/body-limit.ts';
import type { DraftKind, Drafts } from '../preparation/drafts.ts';
import type { Exchange } from './exchange.ts';
import { readBody } from './read-body.ts';
import type { Serving } from './serving.ts';

/** Reads a request's body and makes a draft of it. Throws KumikiError. */
export async function prepareBody<Kind extends DraftKind>(
  serving: Serving,
  exchange: Exchange,
  kind: Kind,
): Promise<Drafts[Kind]> {
  const body = await readBody(exchange.request, bodyLimit(kind, serving.facts));
  return serving.preparer.prepare(kind, body, exchange.signal);
}
