import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { boundedArray, boundedTokenIds } from '../wire/bounded.ts';

/** The body of `POST /v1/embeddings`. */

export const embeddingLimits = { inputs: 2_048, inputCharacters: 16_777_216, inputTokens: 1_048_576 } as const;

const inputText = z.string().min(1).max(embeddingLimits.inputCharacters);
const inputTokens = boundedTokenIds(embeddingLimits.inputTokens, 1);

export const embeddingRequestSchema = z.strictObject({
  model: modelNameSchema,
  input: z.union([
    inputText,
    inputTokens,
    boundedArray(inputText, embeddingLimits.inputs, 1),
    boundedArray(inputTokens, embeddingLimits.inputs, 1),
  ]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(1_000_000).nullish(),
  user: z.string().max(4_096).nullish(),
});
export type EmbeddingRequest = z.infer<typeof embeddingRequestSchema>;
