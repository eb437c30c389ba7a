import { z } from 'zod';
import { conditionSchema } from '../kinds/conditions.ts';
import { modelServiceSchema, nameSchema } from '../kinds/model-service.ts';
import { boundedArray } from '../wire/bounded.ts';
import { replicaSchema } from './replicas.ts';

/** A ModelService with its status: what the spec asks for and what is there. */
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

/** `GET /v1/kumiki/services`. */
export const serviceListSchema = z.object({ object: z.literal('list'), data: z.array(serviceStatusSchema) });

/** The reply to `DELETE /v1/kumiki/services/{service}`. */
export const deletedServiceSchema = z.object({
  object: z.literal('kumiki.service.deleted'),
  name: z.string(),
  deleted: z.literal(true),
});

/** `POST /v1/kumiki/services`: create or replace. */
export const applyBodySchema = z.strictObject({ manifests: boundedArray(modelServiceSchema, 256, 1) });
export const applyResultSchema = z.object({
  object: z.literal('list'),
  data: z.array(z.object({ name: nameSchema, change: z.enum(['created', 'configured', 'unchanged']) })),
});
export type ApplyResult = z.infer<typeof applyResultSchema>;

/** `POST /v1/kumiki/services/{name}/scale`. */
export const scaleBodySchema = z.strictObject({ replicas: z.int().min(0).max(256) });
