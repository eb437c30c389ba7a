import type { Endpoint } from '@kumiki/api';
import {
  hashText,
  isEjected,
  neverEjected,
  observe,
  type Candidate,
  type EjectState,
  type Observation,
} from '@kumiki/policy';

/** An attempt that is open at an endpoint, as far as it may be what the endpoint dies of. */
export interface OpenClaim {
  readonly places: number;
  prepared: boolean;
  proven: boolean;
  /** What was found when something there was lost; it holds for all that end by the same loss. */
  found: { readonly suspect: boolean; readonly shared: boolean; readonly at: number } | null;
}

/** What a gateway knows of one endpoint beyond what it was told: its own load there and what became of it. */
export interface EndpointState {
  endpoint: Endpoint;
  readonly hash: number;
  inFlight: number;
  /** Answers of each project among them; none of those that have nothing there. */
  readonly byProject: Map<string, number>;
  eject: EjectState;
  /** The last health probe said that it must not get traffic. */
  probeFailed: boolean;
  /** Ends what runs there, when a probe finds the endpoint dead and its connections hang. */
  readonly abandon: Set<() => void>;
  /** Attempts that are open there, in the order of their beginning. */
  readonly claims: Set<OpenClaim>;
  /** Those of requests that may have ended another replica. */
  suspects: number;
  /** Monotonic milliseconds until which others keep away for their sake. */
  quarantinedUntil: number;
}

export function createEndpointState(endpoint: Endpoint): EndpointState {
  return {
    endpoint,
    hash: hashText(endpoint.id),
    inFlight: 0,
    byProject: new Map(),
    eject: neverEjected,
    probeFailed: false,
    abandon: new Set(),
    claims: new Set(),
    suspects: 0,
    quarantinedUntil: 0,
  };
}

/** @param now monotonic milliseconds */
export function record(state: EndpointState, seen: Observation, now: number): void {
  state.eject = observe(state.eject, seen, now);
}

export function isEligible(state: EndpointState, now: number): boolean {
  return state.endpoint.state === 'ready' && !state.probeFailed && !isEjected(state.eject, now);
}

export function toCandidate(state: EndpointState, eligible: boolean): Candidate {
  return {
    id: state.endpoint.id,
    hash: state.hash,
    inFlight: state.inFlight,
    maxInFlight: state.endpoint.maxInFlight,
    eligible,
  };
}
