import { z } from 'zod';

/** What changed in an installation, and who did it. */

export const changeKinds = [
  'service.created',
  'service.configured',
  'service.scaled',
  'service.restarted',
  'service.removed',
  'replica.starting',
  'replica.ready',
  'replica.failed',
  'replica.restarted',
  'replica.draining',
  'replica.stopped',
  'key.created',
  'key.revoked',
  'limits.set',
  'session.created',
  'session.ended',
  'data_service.ready',
  'data_service.failed',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

export const changeSchema = z.object({
  object: z.literal('kumiki.change'),
  id: z.string(),
  /** Unix milliseconds. */
  at: z.number(),
  kind: z.enum(changeKinds),
  severity: z.enum(['info', 'warning', 'error']),
  /** The name or id of what changed. */
  subject: z.string(),
  /** The values in the sentence, so that the console can say it in another language. */
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** One English sentence. */
  message: z.string(),
  /** The name of the key that made the change; null when the installation did by itself. */
  by: z.string().nullable(),
});
export type Change = z.infer<typeof changeSchema>;

/** `GET /v1/kumiki/changes`: the latest changes, newest first. */
export const changeListSchema = z.object({ object: z.literal('list'), data: z.array(changeSchema) });
export type ChangeList = z.infer<typeof changeListSchema>;
