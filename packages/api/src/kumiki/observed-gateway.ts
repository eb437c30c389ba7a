import { z } from 'zod';
import { requestOutcomes, requestQuerySchema, requestRecordSchema } from './requests.ts';

/**
 * What one gateway exposes to the control API on a separate listener: its requests, its load and when sessions were
 * used, nothing else. Clients never reach it; the control API merges the answers of all gateways.
 */
export const observedPaths = {
  load: '/observed/load',
  requests: '/observed/requests',
  sessions: '/observed/sessions',
  /**
   * Server-sent events: each is the record of a request that began, changed or ended. A later record replaces the
   * earlier one with the same id.
   */
  live: '/observed/live',
} as const;

/**
 * Interval of the comments that keep a stream of records open. A gateway that sends nothing for three intervals is
 * considered gone.
 */
export const observedPingMs = 5_000;

/** Most records of one answer: as many as a gateway remembers. */
export const maxObservedRecords = 2_000;

/** Values of a summary: one for each 5 % of the measurements. */
export const summaryValues = 20;

const measured = z.number().nonnegative();

/** A mergeable summary of measurements: their number (`weight`) and their quantiles at 5 %, 10 % … 100 %. */
export const quantileSummarySchema = z.object({ weight: measured, values: z.array(measured).length(summaryValues) });
export type QuantileSummary = z.infer<typeof quantileSummarySchema>;

export const endpointLoadSchema = z.object({
  tokens_per_second: measured,
  /** null where nothing was measured. */
  ttft_ms: quantileSummarySchema.nullable(),
  itl_ms: quantileSummarySchema.nullable(),
});
export type EndpointLoad = z.infer<typeof endpointLoadSchema>;

export const gatewayLoadSchema = endpointLoadSchema.extend({
  requests_per_second: measured,
  errors_per_second: measured,
  endpoints: z.array(endpointLoadSchema.extend({ id: z.string() })),
});
export type GatewayLoad = z.infer<typeof gatewayLoadSchema>;

export const observedLoadSchema = z.object({ open_requests: z.int().nonnegative(), load: gatewayLoadSchema });
export type ObservedGatewayLoad = z.infer<typeof observedLoadSchema>;

const wanted = z.string().min(1).max(256).optional();

export const observedRequestQuerySchema = requestQuerySchema.omit({ after: true }).extend({
  limit: z.coerce.number().int().min(1).max(maxObservedRecords),
  outcome: z.enum(requestOutcomes).optional(),
  id: wanted,
  trace_id: wanted,
  /** A cursor that every gateway understands: only records that began before this time, or at it with a smaller id. */
  before_at: z.coerce.number().optional(),
  before_id: wanted,
});
export type ObservedRequestQuery = z.infer<typeof observedRequestQuerySchema>;

/** Newest first. */
export const observedRequestsSchema = z.object({ data: z.array(requestRecordSchema), has_more: z.boolean() });
export type ObservedRequests = z.infer<typeof observedRequestsSchema>;

/** Last use in Unix seconds, of the sessions that this gateway has seen. */
export const observedSessionsSchema = z.object({
  data: z.array(z.object({ id: z.string(), last_used_at: z.number() })),
});
export type ObservedSessions = z.infer<typeof observedSessionsSchema>;
