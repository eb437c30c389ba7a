import { z } from 'zod';
import { attemptFailures } from '../errors/causes.ts';
import { missingGatewaysSchema } from './missing-gateways.ts';

/**
 * What a gateway remembers of the requests that it served: who, what, when, where and the outcome. It never holds a
 * prompt, an answer, a query string or a header: nothing that a person wrote.
 */

/**
 * Unix milliseconds with a fraction. All times of a record come from the clock of the gateway that served the request.
 */
const instant = z.number();
const count = z.int().nonnegative();

/** One request at one replica. */
export const requestAttemptSchema = z.object({
  /**
   * The endpoint as `x-kumiki-replica` names it: the replica's id, with `.N` after its Nth restart. For a service of
   * the installation, its origin.
   */
  replica: z.string(),
  started_at: instant,
  /** Arrival of the first event of a stream, or of the first byte of any other reply. */
  first_byte_at: instant.nullable(),
  ended_at: instant.nullable(),
  outcome: z.enum(['open', 'completed', 'failed']),
  /** One sentence part: why it failed. */
  reason: z.string().nullable(),
  failure: z.enum(attemptFailures).nullable(),
  /** As the worker measured them; null when it did not report them because it died or is an outside server. */
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
  /** 32 hex digits, the same for every hop that one request caused. */
  trace_id: z.string(),
  /** 16 hex digits: this hop. */
  span_id: z.string(),
  /** The hop that caused this one. The gateway may not know it, as with a client's own span. */
  parent_span_id: z.string().nullable(),
  method: z.string(),
  path: z.string(),
  /** `model`: served by replicas of a model. `service`: forwarded to a service of the installation. */
  kind: z.enum(['model', 'service']),
  /** Name of the ModelService, or of the other service: `conversations`, `search`. */
  service: z.string().nullable(),
  model: z.string().nullable(),
  project: z.string(),
  key_id: z.string(),
  stream: z.boolean(),
  /** null until the reply begins. */
  status: z.int().nullable(),
  /** `cancelled`: the client disconnected before the end. */
  outcome: z.enum(requestOutcomes),
  /** A row of the table of errors; null when the error is the model server's own. */
  error_code: z.string().nullable(),
  started_at: instant,
  /** When the first token was sent to the client; null without a stream. */
  first_token_at: instant.nullable(),
  ended_at: instant.nullable(),
  prompt_tokens: count.nullable(),
  /** Prompt tokens that were served from a prefix cache. */
  cached_tokens: count.nullable(),
  /** While a stream is open: the events sent so far. */
  completion_tokens: count.nullable(),
  /** The replica that answered, or the last one that was tried. */
  replica: z.string().nullable(),
  revision: z.string().nullable(),
  /** Attempts that started over after a failed one. */
  retries: count,
  /** Times that a started answer continued at another replica. */
  continuations: count,
  /** In order. When there are very many, the first ones and the last. */
  attempts: z.array(requestAttemptSchema),
});
export type RequestRecord = z.infer<typeof requestRecordSchema>;

/** `GET /v1/kumiki/requests/{id}`. */
export const requestDetailSchema = requestRecordSchema.extend({
  /** All remembered records of the same trace, this one included, by start time. */
  trace: z.array(requestRecordSchema),
  missing_gateways: missingGatewaysSchema,
});
export type RequestDetail = z.infer<typeof requestDetailSchema>;

export const requestListLimits = { page: 200, defaultPage: 50 } as const;

const wanted = z.string().min(1).max(256).optional();

/** The query of `GET /v1/kumiki/requests`. */
export const requestQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(requestListLimits.page).default(requestListLimits.defaultPage),
  /** The id of the last record of the previous page. */
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

/** The query of `GET /v1/kumiki/me/requests`: it always lists the requests of the asking key. */
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
