import { z } from 'zod';
import { dataServiceCauses, endCauseSchema } from '../errors/causes.ts';
import { modelNameSchema, modelServiceSchema, nameSchema } from '../kinds/model-service.ts';
import { grantableRoles } from '../snapshot/routes.ts';
import { boundedArray } from '../wire/bounded.ts';
import { labelSchema, projectNameSchema } from '../wire/project-name.ts';

/**
 * The operations that OpenAI has no word for, under `/v1/kumiki/`. The CLI and the console use these; the local
 * runtime answers them on one machine, the cluster's API on Kubernetes.
 */

/** What a replica is doing. */
export const replicaPhaseSchema = z.enum(['starting', 'ready', 'draining', 'failed', 'stopped']);
export type ReplicaPhase = z.infer<typeof replicaPhaseSchema>;

export const replicaSchema = z.object({
  object: z.literal('kumiki.replica'),
  id: z.string(),
  service: z.string(),
  model: z.string(),
  revision: z.string(),
  phase: replicaPhaseSchema,
  /** One sentence: why it is in this phase, and what to do if someone must. */
  reason: z.string(),
  /** Why its process ended, where that is the reason. */
  cause: endCauseSchema.nullable(),
  pid: z.int().nullable(),
  url: z.string().nullable(),
  /** 0 to 1 while the model is loaded. */
  progress: z.number().min(0).max(1).nullable(),
  restarts: z.int(),
  running: z.int().nullable(),
  waiting: z.int().nullable(),
  rssBytes: z.int().nullable(),
  started_at: z.int().nullable(),
});
export type Replica = z.infer<typeof replicaSchema>;

export const conditionSchema = z.object({
  type: z.enum(['Ready', 'Progressing', 'Degraded']),
  status: z.enum(['True', 'False']),
  reason: z.string(),
  message: z.string(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const serviceStatusSchema = z.object({
  object: z.literal('kumiki.service'),
  manifest: modelServiceSchema,
  models: z.array(z.string()),
  revision: z.string(),
  simulated: z.boolean(),
  desired: z.int(),
  ready: z.int(),
  conditions: z.array(conditionSchema),
  replicas: z.array(replicaSchema),
});
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;

/** A service that has data of its own: conversations, search. */
export const dataServiceSchema = z.object({
  object: z.literal('kumiki.data_service'),
  name: z.string(),
  state: z.enum(['starting', 'ready', 'failed']),
  /** One sentence: why it is not ready, and what to do if someone must; empty when it is. */
  reason: z.string(),
  cause: z.enum(dataServiceCauses).nullable(),
});
export type DataService = z.infer<typeof dataServiceSchema>;

export const statusSchema = z.object({
  object: z.literal('kumiki.status'),
  version: z.string(),
  url: z.string(),
  home: z.string(),
  pid: z.int(),
  started_at: z.int(),
  services: z.array(serviceStatusSchema),
  data_services: z.array(dataServiceSchema),
});
export type Status = z.infer<typeof statusSchema>;

/** `POST /v1/kumiki/services`: create or replace. */
export const applyBodySchema = z.strictObject({ manifests: boundedArray(modelServiceSchema, 256, 1) });
export const applyResultSchema = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ name: nameSchema, change: z.enum(['created', 'configured', 'unchanged']) })),
});
export type ApplyResult = z.infer<typeof applyResultSchema>;

/** `POST /v1/kumiki/services/{name}/scale`. */
export const scaleBodySchema = z.strictObject({ replicas: z.int().min(0).max(256) });

const positiveLimit = z.number().positive().max(1_000_000_000).nullable().default(null);

/** `POST /v1/kumiki/keys`. */
export const createKeyBodySchema = z.strictObject({
  name: labelSchema,
  project: projectNameSchema.default('default'),
  roles: boundedArray(z.enum(grantableRoles), grantableRoles.length, 1).default(['inference']),
  /** null allows all. */
  models: boundedArray(modelNameSchema, 256, 1).nullable().default(null),
  limits: z
    .strictObject({ requestsPerMinute: positiveLimit, tokensPerMinute: positiveLimit, maxConcurrent: positiveLimit })
    .prefault({}),
  /** Unix seconds; null never expires. */
  expires_at: z.int().positive().nullable().default(null),
});
export type CreateKeyBody = z.infer<typeof createKeyBodySchema>;

/** A key as it is listed: never the key itself. */
export const apiKeySchema = z.object({
  object: z.literal('kumiki.key'),
  id: z.string(),
  name: z.string(),
  project: z.string(),
  roles: z.array(z.enum(grantableRoles)),
  models: z.array(z.string()).nullable(),
  limits: z.object({
    requestsPerMinute: z.number().nullable(),
    tokensPerMinute: z.number().nullable(),
    maxConcurrent: z.number().nullable(),
  }),
  expires_at: z.int().nullable(),
  created_at: z.int(),
  redacted_value: z.string(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** The reply to a creation: `value` is the key, told this once. */
export const createdKeySchema = apiKeySchema.extend({ value: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;
