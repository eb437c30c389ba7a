import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { boundedArray, boundedRecord } from '../wire/bounded.ts';

/** The bodies of `/v1/vector_stores`. */

export const vectorStoreLimits = {
  nameCharacters: 256,
  descriptionCharacters: 4_096,
  metadataEntries: 16,
  keyCharacters: 64,
  valueCharacters: 512,
  filesAtCreation: 500,
  filesInBatch: 2_000,
  /** Files of one store, remembered batches of one store, and chunks of one store. */
  filesInStore: 10_000,
  batchesInStore: 10_000,
  chunksInStore: 1_000_000,
  /** Bytes of a file's attributes as JSON in UTF-8. Each of its chunks stores them too. */
  attributesBytes: 16_384,
  queries: 8,
  queryCharacters: 16_384,
  results: 50,
  filterDepth: 8,
  /** Comparisons of one filter in total. */
  filterComparisons: 100,
  filterValues: 500,
  leastChunkTokens: 100,
  mostChunkTokens: 4_096,
  mostExpiryDays: 365,
} as const;

/** The meaning of `auto` in OpenAI's API. */
export const autoChunking = { maxTokens: 800, overlapTokens: 400 } as const;

/** Text that PostgreSQL can store. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      message: 'must not contain U+0000 or half a surrogate pair',
    });
const key = text(vectorStoreLimits.keyCharacters).min(1);
const fileId = text(128).min(1);

export const metadataEntriesSchema = boundedRecord(
  key,
  text(vectorStoreLimits.valueCharacters),
  vectorStoreLimits.metadataEntries,
);
const attributeValue = z.union([text(vectorStoreLimits.valueCharacters), z.number(), z.boolean()]);
const short = (entries: object): boolean =>
  new TextEncoder().encode(JSON.stringify(entries)).length <= vectorStoreLimits.attributesBytes;
const tooLong = { message: `must have at most ${vectorStoreLimits.attributesBytes} bytes as JSON` };
export const attributesSchema = boundedRecord(key, attributeValue, vectorStoreLimits.metadataEntries).refine(
  short,
  tooLong,
);
export type Attributes = z.infer<typeof attributesSchema>;

export const chunkingStrategySchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto') }),
  z.strictObject({
    type: z.literal('static'),
    static: z
      .strictObject({
        max_chunk_size_tokens: z.int().min(vectorStoreLimits.leastChunkTokens).max(vectorStoreLimits.mostChunkTokens),
        chunk_overlap_tokens: z
          .int()
          .min(0)
          .max(vectorStoreLimits.mostChunkTokens / 2),
      })
      .refine((sizes) => sizes.chunk_overlap_tokens <= sizes.max_chunk_size_tokens / 2, {
        message: 'must have an overlap of at most half the chunk size',
      }),
  }),
]);
export type ChunkingStrategy = z.infer<typeof chunkingStrategySchema>;

const expiresAfterSchema = z.strictObject({
  anchor: z.literal('last_active_at'),
  days: z.int().min(1).max(vectorStoreLimits.mostExpiryDays),
});

export const createVectorStoreSchema = z.strictObject({
  name: text(vectorStoreLimits.nameCharacters).nullish(),
  description: text(vectorStoreLimits.descriptionCharacters).nullish(),
  file_ids: boundedArray(fileId, vectorStoreLimits.filesAtCreation).nullish(),
  expires_after: expiresAfterSchema.nullish(),
  chunking_strategy: chunkingStrategySchema.nullish(),
  metadata: metadataEntriesSchema.nullish(),
  /** Our extension: the embedding model. The first embedding model of `/v1/models` when absent. */
  kumiki: z.strictObject({ embedding_model: modelNameSchema }).nullish(),
});

export const updateVectorStoreSchema = z.strictObject({
  name: text(vectorStoreLimits.nameCharacters).nullish(),
  expires_after: expiresAfterSchema.nullish(),
  metadata: metadataEntriesSchema.nullish(),
});

export const addStoreFileSchema = z.strictObject({
  file_id: fileId,
  attributes: attributesSchema.nullish(),
  chunking_strategy: chunkingStrategySchema.nullish(),
});
export type AddStoreFile = z.infer<typeof addStoreFileSchema>;

export const updateStoreFileSchema = z.strictObject({ attributes: attributesSchema.nullable() });

export const createFileBatchSchema = z
  .strictObject({
    file_ids: boundedArray(fileId, vectorStoreLimits.filesInBatch, 1).nullish(),
    files: boundedArray(addStoreFileSchema, vectorStoreLimits.filesInBatch, 1).nullish(),
    attributes: attributesSchema.nullish(),
    chunking_strategy: chunkingStrategySchema.nullish(),
  })
  .refine((batch) => (batch.file_ids == null) !== (batch.files == null), {
    message: 'must have either file_ids or files',
  });

const one = attributeValue;
const several = boundedArray(attributeValue, vectorStoreLimits.filterValues, 1);

export const comparisonSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['eq', 'ne']), key, value: one }),
  z.strictObject({
    type: z.enum(['gt', 'gte', 'lt', 'lte']),
    key,
    value: z.union([text(vectorStoreLimits.valueCharacters), z.number()]),
  }),
  z.strictObject({ type: z.enum(['in', 'nin']), key, value: several }),
]);
export type Comparison = z.infer<typeof comparisonSchema>;

/**
 * A filter on attributes. Its nesting is checked separately, because a recursive schema would follow it to any depth.
 */
export type Filter = Comparison | { readonly type: 'and' | 'or'; readonly filters: readonly Filter[] };

const weight = z.number().min(0).max(1_000);

export const searchVectorStoreSchema = z.strictObject({
  query: z.union([
    text(vectorStoreLimits.queryCharacters).min(1),
    boundedArray(text(vectorStoreLimits.queryCharacters).min(1), vectorStoreLimits.queries, 1),
  ]),
  filters: z.unknown().optional(),
  max_num_results: z.int().min(1).max(vectorStoreLimits.results).nullish(),
  ranking_options: z
    .strictObject({
      ranker: z.enum(['none', 'auto', 'default-2024-11-15', 'default_2024_08_21']).nullish(),
      score_threshold: z.number().min(0).max(1).nullish(),
      /** Weights of the vector search and the word search; 1 and 1 when absent. */
      hybrid_search: z
        .strictObject({ embedding_weight: weight, text_weight: weight })
        .refine((weights) => weights.embedding_weight + weights.text_weight > 0, {
          message: 'must have at least one weight above zero',
        })
        .nullish(),
    })
    .nullish(),
  /** Accepted without effect: queries are searched as they are. */
  rewrite_query: z.boolean().nullish(),
});
export type SearchVectorStore = z.infer<typeof searchVectorStoreSchema>;
