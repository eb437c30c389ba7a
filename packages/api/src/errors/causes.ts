import { z } from 'zod';

/**
 * Why the process of a replica ended, as a code: the console translates it, while the sentence beside it is English.
 */
export const endCauses = [
  /** `status`: it exited by itself. */
  'exited',
  /** `signal`: a signal ended it, sent by the system or a person. */
  'signalled',
  /** `detail` is the system's message: the process could not be started. */
  'not_started',
  /** `needed` and `free`, in MiB: the model does not fit into memory. */
  'out_of_memory',
  /** `detail` is the engine's message: it cannot serve its model. */
  'unable',
  /** `checks`: it was killed after this many consecutive health checks without an answer. */
  'silent',
  /** It was killed because its engine made no progress while requests were running. */
  'stalled',
  /** `limit` in milliseconds: it was killed because it was not ready in time. */
  'not_ready',
  /** `limit` in milliseconds: it was killed because it did not exit in time after SIGTERM. */
  'not_ending',
] as const;
export type EndCauseCode = (typeof endCauses)[number];

export const endCauseSchema = z.object({
  code: z.enum(endCauses),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type EndCause = z.infer<typeof endCauseSchema>;

/** Why a service is not ready. */
export const dataServiceCauses = ['starts', 'waits_for_database', 'database_unavailable', 'broken'] as const;
export type DataServiceCause = (typeof dataServiceCauses)[number];

/**
 * Why an attempt at a replica failed. The HTTP client, the retry decision, the request record and the console's
 * messages all use this one list.
 */
export const attemptFailures = [
  /** It refused the connection. */
  'connect_refused',
  /** The egress policy forbids dialling it; nothing was sent. */
  'egress_denied',
  /** It did not accept a connection in time. */
  'connect_timeout',
  /** It accepted the request and did not begin its reply in time. */
  'headers_timeout',
  /** It began its reply, but no token came in time. */
  'first_token_timeout',
  /** Its stream sent nothing, not even a comment, in time. */
  'stalled',
  /** The connection closed before the reply was complete. */
  'broken',
  /** It sent an invalid reply. */
  'protocol_error',
  /** It answered with an error of its own. */
  'server_error',
  /** It does not accept the key that the gateway has for it. */
  'credentials_refused',
  /** Its answer differs from the one that it was asked to continue. */
  'diverged',
  /** It is at capacity. */
  'busy',
  /** The total deadline of the answer has passed. */
  'total_timeout',
  /** It refused the request as invalid; every other replica would do the same. */
  'refused',
  /** The client disconnected; nothing is wrong with the replica. */
  'client_left',
] as const;
export type AttemptFailure = (typeof attemptFailures)[number];
