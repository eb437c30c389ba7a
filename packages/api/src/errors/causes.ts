import { z } from 'zod';

/** Why the process of a replica ended, for whoever tells it in another language than that of the sentence beside it. */
export const endCauses = [
  /** `status`: it ended by itself. */
  'exited',
  /** `signal`: the system or somebody ended it. */
  'signalled',
  /** `detail`, in the words of the system: it could not be started. */
  'not_started',
  /** `needed` and `free` in MiB. */
  'out_of_memory',
  /** `detail`, in the words of the engine: it cannot serve its model. */
  'unable',
  /** `checks`: health checks in a row that it did not answer, so it was killed. */
  'silent',
  /** Its engine stood still while requests ran, so it was killed. */
  'stalled',
  /** `limit` in milliseconds: it was not ready within it, so it was killed. */
  'not_ready',
  /** `limit` in milliseconds: it did not end within it after SIGTERM, so it was killed. */
  'not_ending',
] as const;
export type EndCauseCode = (typeof endCauses)[number];

export const endCauseSchema = z.object({
  code: z.enum(endCauses),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
});
export type EndCause = z.infer<typeof endCauseSchema>;

/** Why a service with data of its own does not serve. */
export const dataServiceCauses = ['waits_for_database', 'database_unavailable', 'broken'] as const;
export type DataServiceCause = (typeof dataServiceCauses)[number];

/**
 * Why an attempt of a request at a replica failed: the one list of it. The HTTP client, the decision what to do next, the
 * record of the request and the messages of the console use these words and no others.
 */
export const attemptFailures = [
  /** It took no connection. */
  'connect_refused',
  /** The egress policy does not let it be dialled: nothing was sent. */
  'egress_denied',
  /** It took no connection in time. */
  'connect_timeout',
  /** It took the request and did not begin to reply in time. */
  'headers_timeout',
  /** It began to reply, and no token came in time. */
  'first_token_timeout',
  /** Its stream gave no sign of life in time. */
  'stalled',
  /** Its connection ended before its reply was whole. */
  'broken',
  /** What it sent is no valid reply. */
  'protocol_error',
  /** It answered with an error of its own. */
  'server_error',
  /** It gave another answer than the one that was to be continued. */
  'diverged',
  /** It has no room now. */
  'busy',
  /** The time for the whole answer is over. */
  'total_timeout',
  /** It refused the request itself; another would refuse it as well. */
  'refused',
  /** The client left; nothing is wrong with the replica. */
  'client_left',
] as const;
export type AttemptFailure = (typeof attemptFailures)[number];
