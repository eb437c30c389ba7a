import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { boundedArray, boundedObject } from '../wire/bounded.ts';
import { samplingShape } from './generation.ts';

/** The body of `POST /v1/chat/completions`. */

export const chatLimits = {
  messages: 16_384,
  parts: 1_024,
  tools: 128,
  toolCalls: 128,
  textCharacters: 16_777_216,
  /** Members of an object that is accepted as it is: a JSON schema or metadata. */
  members: 1_024,
  memberCharacters: 1_024,
} as const;

const text = z.string().max(chatLimits.textCharacters);

/** A part of a message. Only text is supported; the other kinds are listed so that the refusal can name them. */
export const contentPartSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text, prompt_cache_breakpoint: z.unknown().optional() }),
  z.strictObject({ type: z.literal('refusal'), refusal: text }),
  z.looseObject({ type: z.literal('image_url') }),
  z.looseObject({ type: z.literal('input_audio') }),
  z.looseObject({ type: z.literal('file') }),
]);
export type ContentPart = z.infer<typeof contentPartSchema>;

const content = z.union([text, boundedArray(contentPartSchema, chatLimits.parts, 1)]);
const name = z.string().max(256).nullish();

/** A function's name: what OpenAI allows. */
export const functionNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9_.-]{1,128}$/, 'must be 1 to 128 letters, digits, underscores, dots and hyphens');

const functionCallSchema = z.strictObject({
  name: functionNameSchema,
  arguments: text,
  /** The SDK's parser adds this to answers, which clients send back as messages. */
  parsed_arguments: z.unknown().optional(),
});

const toolCallSchema = z.strictObject({
  id: z.string().max(256),
  type: z.literal('function'),
  function: functionCallSchema,
  index: z.int().optional(),
});

export const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'developer', 'user']), content, name }),
  z.strictObject({
    role: z.literal('assistant'),
    content: content.nullish(),
    name,
    refusal: text.nullish(),
    tool_calls: boundedArray(toolCallSchema, chatLimits.toolCalls).nullish(),
    function_call: functionCallSchema.nullish(),
    /** Answers carry it and clients send it back; it is ignored. */
    audio: z.unknown().optional(),
    annotations: z.unknown().optional(),
    parsed: z.unknown().optional(),
    reasoning_content: text.nullish(),
  }),
  z.strictObject({ role: z.literal('tool'), content, tool_call_id: z.string().max(256), name }),
  z.strictObject({ role: z.literal('function'), content: content.nullable(), name: z.string().max(256) }),
]);
export type ChatMessageInput = z.infer<typeof messageSchema>;

/** Any JSON object. The engine that compiles it reports what it does not support. */
export const jsonSchemaSchema = boundedObject(chatLimits.members, chatLimits.memberCharacters);

export const toolSchema = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({
    name: functionNameSchema,
    description: text.nullish(),
    parameters: jsonSchemaSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
});

export const toolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.strictObject({ type: z.literal('function'), function: z.strictObject({ name: functionNameSchema }) }),
]);

export const responseFormatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().min(1).max(128),
      description: text.nullish(),
      schema: jsonSchemaSchema.nullish(),
      strict: z.boolean().nullish(),
    }),
  }),
]);

export const chatRequestSchema = z.strictObject({
  ...samplingShape,
  model: modelNameSchema,
  messages: boundedArray(messageSchema, chatLimits.messages, 1),
  max_completion_tokens: z.int().min(1).nullish(),
  max_tokens: z.int().min(1).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: responseFormatSchema.nullish(),
  tools: boundedArray(toolSchema, chatLimits.tools).nullish(),
  tool_choice: toolChoiceSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  /** From vLLM: the answer continues the last message, which must be the assistant's. */
  continue_final_message: z.boolean().nullish(),
  /** From vLLM: false leaves out the header that opens the assistant's turn. */
  add_generation_prompt: z.boolean().nullish(),
  /** Accepted without effect. */
  metadata: boundedObject(chatLimits.members, chatLimits.memberCharacters).nullish(),
  store: z.boolean().nullish(),
  service_tier: z.string().max(64).nullish(),
  safety_identifier: z.string().max(4_096).nullish(),
  prompt_cache_key: z.string().max(4_096).nullish(),
  prompt_cache_options: z.unknown().optional(),
  prompt_cache_retention: z.string().max(64).nullish(),
  prediction: z.unknown().optional(),
  reasoning_effort: z.string().max(64).nullish(),
  verbosity: z.string().max(64).nullish(),
  modalities: boundedArray(z.string().max(16), 8).nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** Fields of OpenAI's API that are not supported, with the reason. null is accepted. */
export const unsupportedChatFields: Readonly<Record<string, string>> = {
  audio: 'the models served here make text',
  web_search_options: 'no web search is installed',
  functions: 'it was replaced by tools',
  function_call: 'it was replaced by tool_choice',
  moderation: 'no moderation model is installed',
  ignore_eos: 'an answer ends where the model ends it',
  chat_template: "the model's own template is used",
  chat_template_kwargs: "the model's own template is used as it is",
  guided_json: 'use response_format',
  guided_regex: 'use response_format with a JSON schema',
  guided_choice: 'use response_format with an enum',
  guided_grammar: 'use response_format with a JSON schema',
  structured_outputs: 'use response_format',
};
