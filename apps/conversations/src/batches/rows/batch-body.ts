import { boundedRecord } from '@kumiki/api';
import { z } from 'zod';
import { batchEndpoints } from './batch.ts';
import { batchLimits } from './limits.ts';

const metadataSchema = boundedRecord(
  z.string().max(batchLimits.metadataKeyCharacters),
  z.string().max(batchLimits.metadataValueCharacters),
  batchLimits.metadataPairs,
);

/** The body of `POST /v1/batches`. */
export const createBatchSchema = z.strictObject({
  input_file_id: z
    .string()
    .min(1)
    .max(255)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0'),
      'must not contain U+0000 or half a surrogate pair',
    ),
  endpoint: z.enum(batchEndpoints),
  completion_window: z.literal('24h'),
  metadata: metadataSchema.nullish(),
  output_expires_after: z
    .strictObject({ anchor: z.literal('created_at'), seconds: z.int().min(3_600).max(2_592_000) })
    .nullish(),
});
export type CreateBatchBody = z.infer<typeof createBatchSchema>;

/** The query of `GET /v1/batches`; values arrive as text. */
export const listBatchesSchema = z.strictObject({
  after: z.string().min(1).max(255).optional(),
  limit: z.coerce.number().int().min(1).max(batchLimits.pageSize).default(batchLimits.defaultPageSize),
});
