import { z } from 'zod';
import { type ProjectLimitName, projectLimitsSchema } from '../snapshot/project-limits.ts';

const { shape } = projectLimitsSchema;
const settable = <Limit extends z.ZodType>(limit: Limit) => limit.nullable().optional();

/** `POST /v1/kumiki/limits/{project}`: a member that is left out stays as it is, null resets it to the default. */
export const setProjectLimitsSchema = z.strictObject({
  files: settable(shape.files),
  file_bytes: settable(shape.file_bytes),
  vector_stores: settable(shape.vector_stores),
  conversations: settable(shape.conversations),
  conversation_bytes: settable(shape.conversation_bytes),
  open_responses: settable(shape.open_responses),
  open_batches: settable(shape.open_batches),
} satisfies Record<ProjectLimitName, z.ZodType>);
export type SetProjectLimits = z.infer<typeof setProjectLimitsSchema>;

/** `GET` and `POST /v1/kumiki/limits/{project}`. */
export const projectLimitsViewSchema = z.object({
  object: z.literal('kumiki.project_limits'),
  project: z.string(),
  limits: projectLimitsSchema,
  /** The limits that were set for this project; all others are the defaults. */
  own: z.array(projectLimitsSchema.keyof()),
});
export type ProjectLimitsView = z.infer<typeof projectLimitsViewSchema>;

/** `GET /v1/kumiki/limits`: the projects with limits of their own, and the defaults for all others. */
export const projectLimitsListSchema = z.object({
  object: z.literal('list'),
  data: z.array(projectLimitsViewSchema),
  defaults: projectLimitsSchema,
});
export type ProjectLimitsList = z.infer<typeof projectLimitsListSchema>;

/**
 * `GET /v1/kumiki/usage/conversations/{project}` and `…/usage/files/{project}`: a project's usage of the limits that
 * the answering service enforces.
 */
export const projectUsageSchema = z
  .object({ object: z.literal('kumiki.usage'), project: z.string() })
  .extend(projectLimitsSchema.partial().shape);
export type ProjectUsage = z.infer<typeof projectUsageSchema>;
