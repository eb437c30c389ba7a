/**
 * What the reader of a stream knows about token ids, and which tokens the reservation of its key covers. Values and pure
 * steps between them:
 *
 *   unnamed ──started at r, resumed from r──▶ recorded ──the head is sent──▶ named
 *                                                │                            │
 *                                                │ continued from text        │ continued from text,
 *                                                │                            │ started at another revision
 *                                                └──────────────┬─────────────┘
 *                                                               ▼
 *                                         forgotten, not reported ──before the next event──▶ forgotten, reported
 *
 * A service stores token ids with the answer. It must never take a part of them for the whole answer's, nor those of one
 * revision for another's. Clients get no token ids and no such notice.
 */
export interface TokenLedger {
  /** The reader is a service that stores token ids. */
  readonly forService: boolean;
  /** The revision whose token ids are recorded; null when none were requested. */
  readonly revision: string | null;
  /** The revision that the head named to the reader; null before the head, and when it named none. */
  readonly named: string | null;
  /** Whether the token ids that were sent no longer cover the answer, and whether the reader knows. */
  readonly forgotten: 'no' | 'unreported' | 'reported';
  /** Completion tokens that the key's reservation covers. */
  readonly covered: number;
}

/** Tokens by which a reservation grows once a stream has outgrown it. */
export const reservationStep = 64;

export function createTokenLedger(forService: boolean, covered: number): TokenLedger {
  return { forService, revision: null, named: null, forgotten: 'no', covered };
}

/** A service has part of the answer already, with token ids of this revision, or with none. */
export function resumed(ledger: TokenLedger, revision: string | null): TokenLedger {
  return { ...ledger, revision };
}

/**
 * The answer is requested from its beginning.
 * @param revision of the replica, null when it is not asked for token ids.
 * @param headSent the reader has the head of the reply, with the revision or without one.
 */
export function started(ledger: TokenLedger, revision: string | null, headSent: boolean): TokenLedger {
  const next = { ...ledger, revision };
  return headSent && ledger.named !== revision ? forget(next) : next;
}

/** The answer continues at another replica. */
export function continued(ledger: TokenLedger, from: 'token_ids' | 'text'): TokenLedger {
  return from === 'token_ids' ? ledger : forget(ledger);
}

/** The revision that a head sent now names; null for none. */
export function revisionToName({ forService, forgotten, revision }: TokenLedger): string | null {
  return forService && forgotten === 'no' ? revision : null;
}

/** The head of the reply is sent. */
export function headSent(ledger: TokenLedger): TokenLedger {
  const named = revisionToName(ledger);
  return named === null ? ledger : { ...ledger, named };
}

/** Whether a notice must go out before the next event: the token ids no longer cover the answer. */
export function noticeIsDue({ forgotten }: TokenLedger): boolean {
  return forgotten === 'unreported';
}

export function noticeSent(ledger: TokenLedger): TokenLedger {
  return ledger.forgotten === 'unreported' ? { ...ledger, forgotten: 'reported' } : ledger;
}

/** The ledger after an event: its reservation grows by a step at most for each. */
export function covering(ledger: TokenLedger, eventsSent: number): TokenLedger {
  return eventsSent <= ledger.covered ? ledger : { ...ledger, covered: ledger.covered + reservationStep };
}

function forget(ledger: TokenLedger): TokenLedger {
  return ledger.forService && ledger.forgotten === 'no' ? { ...ledger, forgotten: 'unreported' } : ledger;
}
