import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { type KeyLimits, keyLimitsSchema } from '../snapshot/key-limits.ts';
import { grantableRoles } from '../snapshot/key-record.ts';
import { boundedArray } from '../wire/bounded.ts';
import { labelSchema, projectNameSchema } from '../wire/project-name.ts';

const { shape } = keyLimitsSchema;

/** `POST /v1/kumiki/keys`. A limit that is left out does not apply. */
export const createKeyBodySchema = z.strictObject({
  name: labelSchema,
  project: projectNameSchema.default('default'),
  roles: boundedArray(z.enum(grantableRoles), grantableRoles.length, 1).default(['inference']),
  /** null allows all. */
  models: boundedArray(modelNameSchema, 256, 1).nullable().default(null),
  limits: z
    .strictObject({
      requests_per_minute: shape.requests_per_minute.default(null),
      tokens_per_minute: shape.tokens_per_minute.default(null),
      max_concurrent: shape.max_concurrent.default(null),
    } satisfies Record<keyof KeyLimits, z.ZodType>)
    .prefault({}),
  /** Unix seconds; null never expires. */
  expires_at: z.int().positive().nullable().default(null),
});
export type CreateKeyBody = z.infer<typeof createKeyBodySchema>;

/** A key in lists, without its value. */
export const apiKeySchema = z.object({
  object: z.literal('kumiki.key'),
  id: z.string(),
  name: z.string(),
  project: z.string(),
  roles: z.array(z.enum(grantableRoles)),
  models: z.array(z.string()).nullable(),
  limits: keyLimitsSchema,
  expires_at: z.int().nullable(),
  created_at: z.int(),
  redacted_value: z.string(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** `GET /v1/kumiki/keys`. */
export const apiKeyListSchema = z.object({ object: z.literal('list'), data: z.array(apiKeySchema) });

/** The reply to `DELETE /v1/kumiki/keys/{key}`. */
export const deletedKeySchema = z.object({
  object: z.literal('kumiki.key.deleted'),
  id: z.string(),
  deleted: z.literal(true),
});

/** The reply to a creation: `value` is the key, which is never shown again. */
export const createdKeySchema = apiKeySchema.extend({ value: z.string() });
export type CreatedKey = z.infer<typeof createdKeySchema>;
