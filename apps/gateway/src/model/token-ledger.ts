/**
 * What the reader of a stream was told about token ids, and which tokens the reservation of its key covers. Values and
 * pure steps between them:
 *
 *   unnamed ──started at r, resumed from r──▶ recorded ──the head is sent──▶ told
 *                                                │                            │
 *                                                │ goes on from text          │ goes on from text,
 *                                                │                            │ started at another revision
 *                                                └──────────────┬─────────────┘
 *                                                               ▼
 *                                         forgotten, untold ──before the next event──▶ forgotten, told
 *
 * A service stores token ids with the answer. It must never take those that it has for the whole answer when they are
 * not, or for another revision's. Clients get no token ids and are told nothing.
 */
export interface TokenLedger {
  /** The reader is a service that stores token ids. */
  readonly forService: boolean;
  /** The revision whose token ids are recorded; null when none were asked for. */
  readonly revision: string | null;
  /** The revision that the reader was told; null before, and when it was told none. */
  readonly told: string | null;
  /** Whether the token ids that were sent no longer cover the answer, and whether the reader knows. */
  readonly forgotten: 'no' | 'untold' | 'told';
  /** Completion tokens that the key's reservation covers. */
  readonly covered: number;
}

/** Tokens by which a reservation grows once a stream has outgrown it. */
export const reservationStep = 64;

export function createTokenLedger(forService: boolean, covered: number): TokenLedger {
  return { forService, revision: null, told: null, forgotten: 'no', covered };
}

/** A service has part of the answer already, with token ids of this revision, or with none. */
export function resumed(ledger: TokenLedger, revision: string | null): TokenLedger {
  return { ...ledger, revision };
}

/**
 * The answer is asked for from its beginning.
 * @param revision of the replica, null when no token ids are asked of it.
 * @param headSent the reader has the head of the reply, with the revision or without one.
 */
export function started(ledger: TokenLedger, revision: string | null, headSent: boolean): TokenLedger {
  const next = { ...ledger, revision };
  return headSent && ledger.told !== revision ? forget(next) : next;
}

/** The answer goes on at another replica. */
export function continued(ledger: TokenLedger, from: 'token_ids' | 'text'): TokenLedger {
  return from === 'token_ids' ? ledger : forget(ledger);
}

/** The revision that a head sent now names; null for none. */
export function revisionToTell({ forService, forgotten, revision }: TokenLedger): string | null {
  return forService && forgotten === 'no' ? revision : null;
}

/** The head of the reply is sent. */
export function headSent(ledger: TokenLedger): TokenLedger {
  const told = revisionToTell(ledger);
  return told === null ? ledger : { ...ledger, told };
}

/** Whether the reader must be told before the next event that the token ids no longer cover the answer. */
export function noticeIsDue({ forgotten }: TokenLedger): boolean {
  return forgotten === 'untold';
}

export function noticeSent(ledger: TokenLedger): TokenLedger {
  return ledger.forgotten === 'untold' ? { ...ledger, forgotten: 'told' } : ledger;
}

/** The ledger after an event: its reservation grows by a step at most for each. */
export function covering(ledger: TokenLedger, eventsSent: number): TokenLedger {
  return eventsSent <= ledger.covered ? ledger : { ...ledger, covered: ledger.covered + reservationStep };
}

function forget(ledger: TokenLedger): TokenLedger {
  return ledger.forService && ledger.forgotten === 'no' ? { ...ledger, forgotten: 'untold' } : ledger;
}
