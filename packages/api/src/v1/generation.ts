import { z } from 'zod';
import { boundedArray, boundedRecord } from '../wire/bounded.ts';
import { continuationSchema } from '../wire/continuation.ts';

/** What `/v1/chat/completions` and `/v1/completions` have in common. Optional fields may be null, as clients send them. */

export const generationLimits = {
  choices: 8,
  stops: 4,
  stopCharacters: 256,
  logitBiases: 1_024,
  topLogprobs: 20,
  userCharacters: 4_096,
} as const;

const stopSchema = z.string().min(1).max(generationLimits.stopCharacters);

/** Up to four stop strings; one may come alone. */
export const stopsSchema = z.union([stopSchema, boundedArray(stopSchema, generationLimits.stops)]);

export const streamOptionsSchema = z.strictObject({
  include_usage: z.boolean().nullish(),
  include_obfuscation: z.boolean().nullish(),
});

/** Token id → −100 to 100, added to the token's logit. */
export const logitBiasSchema = boundedRecord(
  z
    .string()
    .max(10)
    .regex(/^\d{1,10}$/, 'keys must be token ids'),
  z.number().min(-100).max(100),
  generationLimits.logitBiases,
);

export const samplingShape = {
  temperature: z.number().min(0).max(2).nullish(),
  /** 0 keeps the most likely token only. */
  top_p: z.number().min(0).max(1).nullish(),
  /** From vLLM: how many of the most likely tokens are kept; 0 or −1 keeps all. */
  top_k: z.int().min(-1).max(1_000_000).nullish(),
  /** From vLLM: least probability, as a fraction of the most likely token's. */
  min_p: z.number().min(0).max(1).nullish(),
  /**
   * 64 bits, signed or unsigned, as clients send them. Seeds beyond 2^53 that round to the same JSON number give the
   * same answer.
   */
  seed: z
    .number()
    .min(-(2 ** 63))
    .max(2 ** 64)
    .refine(Number.isInteger, 'must be an integer')
    .nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  logit_bias: logitBiasSchema.nullish(),
  stop: stopsSchema.nullish(),
  n: z.int().min(1).max(generationLimits.choices).nullish(),
  stream: z.boolean().nullish(),
  stream_options: streamOptionsSchema.nullish(),
  user: z.string().max(generationLimits.userCharacters).nullish(),
  kumiki_continuation: continuationSchema.optional(),
} as const;
