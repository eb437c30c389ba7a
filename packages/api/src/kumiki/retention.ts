import { z } from 'zod';
import { projectNameSchema } from '../wire/project-name.ts';

/** Longest retention: a hundred years. */
export const maxRetentionDays = 36_500;

const days = z.int().min(1).max(maxRetentionDays).nullable();

/**
 * `POST /v1/kumiki/projects/{project}/retention`: how long the data of a project are kept. It applies to data stored
 * from then on; a member that is left out stays as it is.
 */
export const setRetentionSchema = z.strictObject({
  /** null uses the installation's default. */
  response_days: days.optional(),
  /** null keeps conversations until they are deleted. */
  conversation_days: days.optional(),
});
export type SetRetention = z.infer<typeof setRetentionSchema>;

/** The open segment of the path: a project as keys name it. */
export const projectParamsSchema = z.object({ project: projectNameSchema });

/** `GET /v1/kumiki/projects/{project}/retention`. */
export const retentionSchema = z.object({
  object: z.literal('kumiki.retention'),
  project: z.string(),
  response_days: days,
  conversation_days: days,
  /** The value that applies when `response_days` is null. */
  default_response_days: z.int(),
});
export type Retention = z.infer<typeof retentionSchema>;
