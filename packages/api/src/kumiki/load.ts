import { z } from 'zod';
import { missingGatewaysSchema } from './missing-gateways.ts';

/** How busy an installation is, measured over the last seconds, and how fast it answers. */

const perSecond = z.number().nonnegative();

/** Milliseconds. */
export const percentilesSchema = z.object({ p50: z.number().nonnegative(), p95: z.number().nonnegative() });
export type Percentiles = z.infer<typeof percentilesSchema>;

export const kvCacheSchema = z.object({ used_tokens: z.int().nonnegative(), total_tokens: z.int().nonnegative() });
export type KvCache = z.infer<typeof kvCacheSchema>;

export const replicaLoadSchema = z.object({
  /** As in `kumiki.replica`. */
  id: z.string(),
  service: z.string(),
  model: z.string(),
  running: z.int().nullable(),
  waiting: z.int().nullable(),
  max_running: z.int().nullable(),
  kv_cache: kvCacheSchema.nullable(),
  tokens_per_second: perSecond,
  /** null when nothing was measured in the window. */
  ttft_ms: percentilesSchema.nullable(),
  itl_ms: percentilesSchema.nullable(),
  rss_bytes: z.int().nullable(),
});
export type ReplicaLoad = z.infer<typeof replicaLoadSchema>;

export const loadSchema = z.object({
  object: z.literal('kumiki.load'),
  /** Unix milliseconds. */
  at: z.number(),
  open_requests: z.int().nonnegative(),
  requests_per_second: perSecond,
  /** Requests that failed on our side: 5xx replies and interrupted streams. */
  errors_per_second: perSecond,
  /** Of answers. */
  tokens_per_second: perSecond,
  /** Time to first token, of streams. */
  ttft_ms: percentilesSchema.nullable(),
  /** Inter-token latency, of streams. */
  itl_ms: percentilesSchema.nullable(),
  replicas: z.array(replicaLoadSchema),
  missing_gateways: missingGatewaysSchema,
});
export type Load = z.infer<typeof loadSchema>;

/** `GET /v1/kumiki/load`: the last 15 minutes, oldest first. */
export const loadHistorySchema = z.object({
  object: z.literal('kumiki.load_history'),
  step_ms: z.int().positive(),
  points: z.array(loadSchema),
});
export type LoadHistory = z.infer<typeof loadHistorySchema>;
