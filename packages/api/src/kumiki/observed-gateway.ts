import { z } from 'zod';
import { requestOutcomes, requestQuerySchema, requestRecordSchema } from './requests.ts';

/**
 * What one gateway tells those who operate the installation, on a listener of its own: nothing but its requests, its load
 * and when sessions were used. A client never asks for it; the control API puts the answers of all gateways together.
 */
export const observedPaths = {
  load: '/observed/load',
  requests: '/observed/requests',
  sessions: '/observed/sessions',
  /** Server-sent events: each is a record that has begun, moved on or ended. The later one about an id replaces the earlier. */
  live: '/observed/live',
} as const;

/** Comments keep a stream of records open at this interval: a gateway that sends nothing in three of them is gone. */
export const observedPingMs = 5_000;

/** Records that one answer holds at most: all that a gateway remembers. */
export const maxObservedRecords = 2_000;

/** Between two values of a summary lie 5 % of what was measured. */
export const summaryValues = 20;

const measured = z.number().nonnegative();

/** Measurements that can be put together with those of others: how many, and the values at 5 %, 10 % … 100 % of them. */
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
  /** Only records that began earlier, or then and have a lesser id: a place that all gateways understand. */
  before_at: z.coerce.number().optional(),
  before_id: wanted,
});
export type ObservedRequestQuery = z.infer<typeof observedRequestQuerySchema>;

/** Newest first. */
export const observedRequestsSchema = z.object({ data: z.array(requestRecordSchema), has_more: z.boolean() });
export type ObservedRequests = z.infer<typeof observedRequestsSchema>;

/** Unix seconds; only sessions that this gateway has seen. */
export const observedSessionsSchema = z.object({
  data: z.array(z.object({ id: z.string(), last_used_at: z.number() })),
});
export type ObservedSessions = z.infer<typeof observedSessionsSchema>;
