import { z } from 'zod';

/** The forms and queries of `/v1/files`. */

export const fileLimits = {
  bytes: 536_870_912,
  filenameCharacters: 512,
  listed: 10_000,
  leastExpirySeconds: 3_600,
  mostExpirySeconds: 2_592_000,
} as const;

/** Files of batches expire after 30 days by default, as in OpenAI's API. */
export const batchFileExpirySeconds = 2_592_000;

export const filePurposes = [
  'assistants',
  'assistants_output',
  'batch',
  'batch_output',
  'fine-tune',
  'fine-tune-results',
  'vision',
  'user_data',
  'evals',
] as const;

/** The fields of the form beside `file` itself; numbers come as text. */
export const fileFormSchema = z.strictObject({
  purpose: z.enum(filePurposes),
  'expires_after[anchor]': z.literal('created_at').optional(),
  'expires_after[seconds]': z.coerce
    .number()
    .int()
    .min(fileLimits.leastExpirySeconds)
    .max(fileLimits.mostExpirySeconds)
    .optional(),
});

const cursor = z
  .string()
  .regex(/^[\w-]{1,128}$/, 'must be an id')
  .optional();
const order = z.enum(['asc', 'desc']).default('desc');

export const fileListSchema = z.strictObject({
  after: cursor,
  limit: z.coerce.number().int().min(1).max(fileLimits.listed).default(fileLimits.listed),
  order,
  purpose: z.enum(filePurposes).optional(),
});

/** The query of every list under `/v1/vector_stores`. */
export const storeListSchema = z.strictObject({
  after: cursor,
  before: cursor,
  limit: z.coerce.number().int().min(1).max(100).default(20),
  order,
});

export const storeFileListSchema = storeListSchema.extend({
  filter: z.enum(['in_progress', 'completed', 'failed', 'cancelled']).optional(),
});

export interface FileObject {
  readonly id: string;
  readonly object: 'file';
  readonly bytes: number;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly filename: string;
  readonly purpose: string;
  readonly status: 'processed';
  readonly status_details: null;
}
