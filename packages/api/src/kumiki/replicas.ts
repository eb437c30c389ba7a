import { z } from 'zod';
import { endCauseSchema } from '../errors/causes.ts';

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
  /** One sentence: why it is in this phase, and what to do if action is needed. */
  reason: z.string(),
  /** Why its process ended, when that explains the phase. */
  cause: endCauseSchema.nullable(),
  pid: z.int().nullable(),
  url: z.string().nullable(),
  /** 0 to 1 while the model is loading. */
  progress: z.number().min(0).max(1).nullable(),
  restarts: z.int(),
  running: z.int().nullable(),
  waiting: z.int().nullable(),
  rss_bytes: z.int().nullable(),
  started_at: z.int().nullable(),
});
export type Replica = z.infer<typeof replicaSchema>;

/** `GET /v1/kumiki/replicas`. */
export const replicaListSchema = z.object({ object: z.literal('list'), data: z.array(replicaSchema) });
