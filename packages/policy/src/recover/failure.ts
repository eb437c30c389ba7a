import type { AttemptFailure } from '@kumiki/api';
import type { Observation } from '../route/eject.ts';

/** What went wrong at a replica, as the gateway saw it. */
export type Failure = Exclude<AttemptFailure, 'refused' | 'client_left'>;

/** How an attempt at an endpoint ended, as far as decisions look at it. */
export interface AttemptEnding {
  readonly kind: 'done' | 'client_left' | 'refused' | 'failed';
  /** Why it failed; absent where it did not. */
  readonly failure?: Failure;
  /** A kept connection was closed under the request: the endpoint itself may be well. */
  readonly stale?: boolean;
}

interface FailureTraits {
  /** What it says of the endpoint; null when it says nothing. */
  readonly observed: Observation | null;
  /** The process may have ended, or hang, because of this very request. */
  readonly loss: boolean;
  /** The endpoint refuses this gateway whatever is asked: the request does not go there again. */
  readonly closes: boolean;
}

const unreachable: FailureTraits = { observed: 'gone', loss: false, closes: false };
const lost: FailureTraits = { observed: 'gone', loss: true, closes: false };
const badReply: FailureTraits = { observed: 'failed_reply', loss: false, closes: false };
const saysNothing: FailureTraits = { observed: null, loss: false, closes: false };

const traits: Readonly<Record<Failure, FailureTraits>> = {
  connect_refused: unreachable,
  connect_timeout: unreachable,
  headers_timeout: lost,
  stalled: lost,
  broken: lost,
  first_token_timeout: badReply,
  protocol_error: badReply,
  server_error: badReply,
  credentials_refused: { ...badReply, closes: true },
  egress_denied: { ...saysNothing, closes: true },
  busy: saysNothing,
  diverged: saysNothing,
  total_timeout: saysNothing,
};

/** What an attempt teaches about its endpoint; null when it teaches nothing. */
export function observedBy({ kind, failure, stale }: AttemptEnding): Observation | null {
  if (kind === 'client_left') return null;
  if (kind !== 'failed' || failure === undefined) return 'success';
  return stale === true ? null : traits[failure].observed;
}

/** Whether the process died or hung while it worked on the request. Without a started request nothing is lost. */
export function isLoss({ kind, failure }: AttemptEnding): boolean {
  return kind === 'failed' && failure !== undefined && traits[failure].loss;
}

/** Whether the same endpoint would fail the same request the same way, however long one waits. */
export function closesEndpoint(failure: Failure): boolean {
  return traits[failure].closes;
}
