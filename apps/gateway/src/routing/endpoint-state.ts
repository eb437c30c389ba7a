import type { Endpoint } from '@kumiki/api';
import type { Candidate } from '@kumiki/policy';
import { candidateOf, createEndpointRecord, type EndpointRecord, isOutOfUse } from './endpoint-record.ts';

/** An open attempt at an endpoint, seen as a possible cause of the endpoint's end. */
export interface OpenClaim {
  readonly places: number;
  prepared: boolean;
  proven: boolean;
  /** The finding about a loss at this endpoint; it holds for all claims that end by the same loss. */
  found: { readonly suspect: boolean; readonly shared: boolean; readonly at: number } | null;
}

/** One endpoint of a model: its entry in the snapshot, and what this gateway learnt about it. */
export interface EndpointState extends EndpointRecord {
  endpoint: Endpoint;
  /** Open answers by project. A project without any has no entry. */
  readonly byProject: Map<string, number>;
  /** The last health probe failed: the endpoint gets no traffic. */
  probeFailed: boolean;
  /**
   * Callbacks that end the open attempts there. Called when a probe finds the endpoint dead while its connections hang.
   */
  readonly abandon: Set<() => void>;
  /** Open attempts, in the order in which they began. */
  readonly claims: Set<OpenClaim>;
  /** How many of these attempts belong to requests that may have ended another replica. */
  suspects: number;
  /** Monotonic milliseconds until which other requests avoid this endpoint because of its suspects. */
  quarantinedUntil: number;
}

export function createEndpointState(endpoint: Endpoint): EndpointState {
  return {
    ...createEndpointRecord(endpoint.id),
    endpoint,
    byProject: new Map(),
    probeFailed: false,
    abandon: new Set(),
    claims: new Set(),
    suspects: 0,
    quarantinedUntil: 0,
  };
}

/** Whether it may get a new request. */
export function isEligible(state: EndpointState, now: number): boolean {
  return state.endpoint.state === 'ready' && !state.probeFailed && !isOutOfUse(state, now);
}

export function toCandidate(state: EndpointState, eligible: boolean): Candidate {
  return candidateOf(state, state.endpoint.maxInFlight, eligible);
}
