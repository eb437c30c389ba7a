import { z } from 'zod';
import { attemptFailures } from '../errors/causes.ts';
import { missingGatewaysSchema } from './missing-gateways.ts';

/**
 * What a gateway remembers of the requests that it served: who, what, when, where and how it went. Never a prompt, an
 * answer, a query or a header: nothing that a person wrote.
 */

/** Unix milliseconds with a fraction, all from the one clock of the gateway that served the request. */
const instant = z.number();
const count = z.int().nonnegative();

/** One request at one replica. */
export const requestAttemptSchema = z.object({
  /**
   * The endpoint as `x-kumiki-replica` names it: the replica's id, with `.N` after its Nth restart. For another service
   * of the installation its origin.
   */
  replica: z.string(),
  started_at: instant,
  /** The first event of a stream, the first byte of any other reply. */
  first_byte_at: instant.nullable(),
  ended_at: instant.nullable(),
  outcome: z.enum(['open', 'completed', 'failed']),
  /** One sentence part: why it failed. */
  reason: z.string().nullable(),
  failure: z.enum(attemptFailures).nullable(),
  /** As the worker measured them; null when it did not say: it died, or is none of ours. */
  queue_ms: z.number().nullable(),
  prefill_ms: z.number().nullable(),
  decode_ms: z.number().nullable(),
});
export type RequestAttempt = z.infer<typeof requestAttemptSchema>;

export const requestOutcomes = ['open', 'completed', 'failed', 'cancelled'] as const;

export const requestRecordSchema = z.object({
  object: z.literal('kumiki.request'),
  /** What the client got as `x-request-id`. */
  id: z.string(),
  /** 32 hex digits, the same for all that one request caused. */
  trace_id: z.string(),
  /** 16 hex digits: this hop. */
  span_id: z.string(),
  /** The hop that caused this one; it may be one that the gateway does not know (the client's own). */
  parent_span_id: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  /** `model`: served by replicas of a model. `service`: passed on to another service of the installation. */
  kind: z.enum(['model', 'service']),
  /** Name of the ModelService, or of the other service: `conversations`, `search`. */
  service: z.string().nullable(),
  model: z.string().nullable(),
  project: z.string(),
  key_id: z.string(),
  stream: z.boolean(),
  /** null until the reply begins. */
  status: z.int().nullable(),
  /** `cancelled`: the client left first. */
  outcome: z.enum(requestOutcomes),
  /** A row of the table of errors; null where a model's server refused in words of its own. */
  error_code: z.string().nullable(),
  started_at: instant,
  /** The first token that went to the client; null without a stream. */
  first_token_at: instant.nullable(),
  ended_at: instant.nullable(),
  prompt_tokens: count.nullable(),
  /** Those of the prompt that a prefix cache spared. */
  cached_tokens: count.nullable(),
  /** While a stream is open: what has been sent so far, counted in events. */
  completion_tokens: count.nullable(),
  /** The one that answered, or was asked last. */
  replica: z.string().nullable(),
  revision: z.string().nullable(),
  /** Attempts from the beginning after one that failed. */
  retries: count,
  /** Moves of a begun answer to another replica. */
  continuations: count,
  /** In order. Of very many the first ones and the last. */
  attempts: z.array(requestAttemptSchema),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;

/** `GET /v1/kumiki/requests/{id}`. */
export const requestDetailSchema = requestRecordSchema.extend({
  /** Everything of the same trace that is still remembered, itself included, by start. */
  trace: z.array(requestRecordSchema),
  missing_gateways: missingGatewaysSchema,
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

export const requestListLimits = { page: 200, defaultPage: 50 } as const;

const wanted = z.string().min(1).max(256).optional();

/** The query of `GET /v1/kumiki/requests`. */
export const requestQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(requestListLimits.page).default(requestListLimits.defaultPage),
  /** The id of the last record of the page before. */
  after: wanted,
  model: wanted,
  project: wanted,
  key_id: wanted,
  outcome: z.enum(requestOutcomes).optional(),
  /** The path itself or one above it: `/v1/vector_stores` finds every search. */
  path: wanted,
  kind: z.enum(['model', 'service']).optional(),
});
export type RequestQuery = z.infer<typeof requestQuerySchema>;

/** The query of `GET /v1/kumiki/me/requests`: whose requests is no question there. */
export const ownRequestQuerySchema = requestQuerySchema.omit({ key_id: true, project: true });

/** Newest first. */
export const requestListSchema = z.object({
  object: z.literal('list'),
  data: z.array(requestRecordSchema),
  first_id: z.string(),
  last_id: z.string(),
  has_more: z.boolean(),
  missing_gateways: missingGatewaysSchema,
});
export type RequestList = z.infer<typeof requestListSchema>;
