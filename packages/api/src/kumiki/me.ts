import { z } from 'zod';
import { keyLimitsSchema } from '../snapshot/key-limits.ts';
import { roles } from '../snapshot/key-record.ts';
import { projectLimitsSchema } from '../snapshot/project-limits.ts';

/** null means unlimited. */
const left = z.int().min(0).nullable();

/** `GET /v1/kumiki/me`: what the asking key may do, and what remains to it now. Asking counts against no limit. */
export const meSchema = z.object({
  object: z.literal('kumiki.me'),
  id: z.string(),
  name: z.string(),
  project: z.string(),
  roles: z.array(z.enum(roles)),
  /** The models that it may use; null allows all. */
  models: z.array(z.string()).nullable(),
  /** Unix seconds; null never expires. */
  expires_at: z.int().nullable(),
  limits: keyLimitsSchema,
  /** What remains of `limits` at the gateway that answers. */
  remaining: z.object({ requests: left, tokens: left, concurrent: left }),
  /** What its project may have. */
  project_limits: projectLimitsSchema,
});
export type Me = z.infer<typeof meSchema>;
