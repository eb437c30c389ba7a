import {
  hashText,
  isEjected,
  neverEjected,
  observe,
  type Candidate,
  type EjectState,
  type Observation,
} from '@kumiki/policy';

/** What a gateway learns about one replica from its own requests, whether it serves a model or is a service. */
export interface EndpointRecord {
  /** Unique among those that it is chosen from: the id of an endpoint, the URL of a service's replica. */
  readonly id: string;
  /** Hash of the id, computed once. */
  readonly hash: number;
  /** Requests of this gateway that are open there. */
  inFlight: number;
  eject: EjectState;
}

export function createEndpointRecord(id: string): EndpointRecord {
  return { id, hash: hashText(id), inFlight: 0, eject: neverEjected };
}

/**
 * Passive ejection: notes the outcome of a request or a probe there.
 * @param now monotonic milliseconds.
 * @returns whether this takes the endpoint out of use.
 */
export function noteSeen(endpoint: EndpointRecord, seen: Observation, now: number): boolean {
  const before = endpoint.eject.ejections;
  endpoint.eject = observe(endpoint.eject, seen, now);
  return endpoint.eject.ejections > before;
}

/** @param now monotonic milliseconds. */
export function isOutOfUse({ eject }: EndpointRecord, now: number): boolean {
  return isEjected(eject, now);
}

/** The endpoint as the choice of an endpoint takes it. */
export function candidateOf({ id, hash, inFlight }: EndpointRecord, maxInFlight: number, eligible: boolean): Candidate {
  return { id, hash, inFlight, maxInFlight, eligible };
}
