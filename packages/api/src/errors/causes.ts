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

/** Why an attempt of a request at a replica failed. */
export const attemptFailures = [
  'connect_refused',
  'connect_timeout',
  'headers_timeout',
  'first_token_timeout',
  'stalled',
  'broken',
  'protocol_error',
  'server_error',
  'diverged',
  'busy',
  'total_timeout',
  'refused',
  'client_left',
] as const;
export type AttemptFailure = (typeof attemptFailures)[number];
