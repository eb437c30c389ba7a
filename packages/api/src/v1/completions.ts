import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { boundedArray, boundedTokenIds } from '../wire/bounded.ts';
import { samplingShape } from './generation.ts';

/** The body of `POST /v1/completions`. */

export const completionLimits = { prompts: 64, promptCharacters: 16_777_216, promptTokens: 1_048_576 } as const;

const promptText = z.string().max(completionLimits.promptCharacters);
const promptTokens = boundedTokenIds(completionLimits.promptTokens, 1);

export const completionRequestSchema = z.strictObject({
  ...samplingShape,
  model: modelNameSchema,
  prompt: z.union([
    promptText,
    promptTokens,
    boundedArray(promptText, completionLimits.prompts, 1),
    boundedArray(promptTokens, completionLimits.prompts, 1),
  ]),
  max_tokens: z.int().min(1).nullish(),
  echo: z.boolean().nullish(),
  logprobs: z.int().min(0).max(5).nullish(),
  best_of: z.int().min(1).max(20).nullish(),
  suffix: z.string().max(completionLimits.promptCharacters).nullish(),
});
export type CompletionRequest = z.infer<typeof completionRequestSchema>;

/** Tokens of an answer when `max_tokens` is absent, as in OpenAI's API. */
export const defaultCompletionTokens = 16;

export const unsupportedCompletionFields: Readonly<Record<string, string>> = {
  ignore_eos: 'an answer ends where the model ends it',
  response_format: 'use /v1/chat/completions',
};
