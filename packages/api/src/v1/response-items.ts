import { z } from 'zod';
import { boundedArray } from '../wire/bounded.ts';
import { chatLimits, functionNameSchema } from './chat.ts';

/** The items of conversations and responses: what goes into a model and what comes out of it. */

export const itemLimits = {
  /** Content parts of one message, as in a chat. */
  parts: chatLimits.parts,
  textCharacters: chatLimits.textCharacters,
  idCharacters: 256,
  annotations: 4_096,
  /** One for each token of a part. */
  logprobs: 131_072,
} as const;

const text = z.string().max(itemLimits.textCharacters);
const id = z.string().min(1).max(itemLimits.idCharacters);
const status = z.enum(['in_progress', 'completed', 'incomplete']).nullish();

/** Unsupported parts are listed, so that the refusal can name them. */
const partSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input_text'), text, prompt_cache_breakpoint: z.unknown().optional() }),
  z.strictObject({
    type: z.literal('output_text'),
    text,
    annotations: boundedArray(z.unknown(), itemLimits.annotations).nullish(),
    logprobs: boundedArray(z.unknown(), itemLimits.logprobs).nullish(),
    /** The SDK's parser adds this to answers, which clients send back. */
    parsed: z.unknown().optional(),
  }),
  z.strictObject({ type: z.literal('text'), text }),
  z.strictObject({ type: z.literal('refusal'), refusal: text }),
  z.looseObject({ type: z.literal('input_image') }),
  z.looseObject({ type: z.literal('input_audio') }),
  z.looseObject({ type: z.literal('input_file') }),
]);
export type ItemPart = z.infer<typeof partSchema>;

const messageSchema = z.strictObject({
  type: z.literal('message').optional(),
  id: id.nullish(),
  role: z.enum(['user', 'assistant', 'system', 'developer']),
  content: z.union([text, boundedArray(partSchema, itemLimits.parts)]),
  status,
  phase: z.string().max(64).nullish(),
});

const functionCallSchema = z.strictObject({
  type: z.literal('function_call'),
  id: id.nullish(),
  call_id: id,
  name: functionNameSchema,
  arguments: text,
  status,
  /** Added by the SDK's parser. */
  parsed_arguments: z.unknown().optional(),
});

const functionCallOutputSchema = z.strictObject({
  type: z.literal('function_call_output'),
  id: id.nullish(),
  call_id: id,
  output: z.union([text, boundedArray(partSchema, itemLimits.parts)]),
  status,
});

const fileSearchCallSchema = z.strictObject({
  type: z.literal('file_search_call'),
  id,
  queries: boundedArray(text, 64),
  status: z.enum(['in_progress', 'searching', 'completed', 'incomplete', 'failed']),
  results: boundedArray(z.unknown(), 64).nullish(),
});

const reasoningSchema = z.strictObject({
  type: z.literal('reasoning'),
  id: id.nullish(),
  summary: boundedArray(z.unknown(), itemLimits.parts).nullish(),
  content: boundedArray(z.unknown(), itemLimits.parts).nullish(),
  encrypted_content: text.nullish(),
  status,
});

/** An item that is stored already, by its id. */
const itemReferenceSchema = z.strictObject({ type: z.literal('item_reference'), id });

/** A message may leave out its type; every other item names it. */
export const inputItemSchema = z.union([
  z.discriminatedUnion('type', [
    functionCallSchema,
    functionCallOutputSchema,
    fileSearchCallSchema,
    reasoningSchema,
    itemReferenceSchema,
    messageSchema.extend({ type: z.literal('message') }),
  ]),
  messageSchema,
]);
export type InputItem = z.infer<typeof inputItemSchema>;
