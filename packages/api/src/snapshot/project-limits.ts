import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** Projects of one snapshot. */
const maxProjects = 100_000;

/**
 * The limits of a project. An admin sets them, gateways hold them in their snapshots and send them to services with
 * each request in `x-kumiki-project-limits`, so that services need no copy that could be stale.
 */
const bytes = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
const count = z.int().min(0).max(1_000_000_000);

export const projectLimitsSchema = z.strictObject({
  files: count.describe('Uploaded files.'),
  file_bytes: bytes.describe('Bytes of uploaded files together.'),
  vector_stores: count.describe('Vector stores.'),
  conversations: count.describe('Conversations and chats.'),
  conversation_bytes: bytes.describe('Bytes of stored responses, chats and items of conversations together.'),
  open_responses: count.describe('Responses that have not ended, in the background or not.'),
  open_batches: count.describe('Batches that have not ended.'),
});
export type ProjectLimits = z.infer<typeof projectLimitsSchema>;
export type ProjectLimitName = keyof ProjectLimits;

const gib = 1_073_741_824;

/** The limits of a project for which nothing was set. */
export const defaultProjectLimits: ProjectLimits = {
  files: 10_000,
  file_bytes: 10 * gib,
  vector_stores: 1_000,
  conversations: 100_000,
  conversation_bytes: 10 * gib,
  open_responses: 256,
  open_batches: 64,
};

/** A project's limits as gateways hold them; other projects have the defaults. */
export const projectLimitsRecordSchema = z.strictObject({
  project: z.string().min(1).max(255),
  limits: projectLimitsSchema,
});
export type ProjectLimitsRecord = Immutable<z.infer<typeof projectLimitsRecordSchema>>;

export const projectLimitsRecordsSchema = z.array(projectLimitsRecordSchema).max(maxProjects);

/** The limits as the value of `x-kumiki-project-limits`: JSON in ASCII. */
export function writeProjectLimits(limits: ProjectLimits): string {
  return JSON.stringify(limits);
}

/** Reads that header. An absent or invalid one gives the defaults, since a service must never run without limits. */
export function readProjectLimits(header: string | undefined): ProjectLimits {
  if (header === undefined) return defaultProjectLimits;
  try {
    const result = projectLimitsSchema.safeParse(JSON.parse(header));
    return result.success ? result.data : defaultProjectLimits;
  } catch {
    return defaultProjectLimits;
  }
}
