import { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { keyLimitsSchema } from './key-limits.ts';
import { secretHashSchema, snapshotIdSchema } from './snapshot-values.ts';

/** Keys of one snapshot. */
const maxKeys = 1_000_000;

/** Rows of the table of paths that one service may ask for. */
const maxServicePaths = 256;

/** Roles that a person can grant to a key. */
export const grantableRoles = ['inference', 'admin'] as const;

/**
 * `service` is for services of the installation and exists only in snapshots. Such a key has no rights of its own: it
 * acts for the key that it names in `x-kumiki-act-for`.
 */
export const roles = [...grantableRoles, 'service'] as const;
export type Role = (typeof roles)[number];

/** One API key as a gateway holds it, without its value. */
export const keyRecordSchema = z.strictObject({
  id: snapshotIdSchema,
  name: z.string().max(255),
  project: z.string().max(255),
  /** Hash of the whole key. */
  hash: secretHashSchema,
  roles: z.array(z.enum(roles)),
  /** Models that it may use; null allows all. */
  models: z.array(z.string()).nullable(),
  /** For a service key: the rows of the table of paths that it may call, such as `GET /v1/models`; all when absent. */
  paths: z.array(z.string().max(255)).max(maxServicePaths).optional(),
  limits: keyLimitsSchema,
  /** Unix seconds; null never expires. */
  expiresAt: z.int().min(0).nullable(),
});
export type KeyRecord = Immutable<z.infer<typeof keyRecordSchema>>;

export const keyRecordsSchema = z.array(keyRecordSchema).max(maxKeys);
