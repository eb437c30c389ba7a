import { z } from 'zod';
import { modelNameSchema } from '../kinds/model-service.ts';
import { boundedArray, boundedObject, boundedRecord } from '../wire/bounded.ts';
import { chatLimits, functionNameSchema, jsonSchemaSchema } from './chat.ts';
import { inputItemSchema } from './response-items.ts';

/** The body of `POST /v1/responses`. */

export const responseLimits = {
  /** Items that one request brings. */
  inputItems: 4_096,
  tools: chatLimits.tools,
  vectorStores: 8,
  searchResults: 50,
  metadataPairs: 16,
  metadataKeyCharacters: 64,
  metadataValueCharacters: 512,
  /** Members of an object that another service or the model server checks. */
  members: 64,
  nameCharacters: 256,
} as const;

const text = z.string().max(chatLimits.textCharacters);
/** An id as a client gives it, without characters that a path or PostgreSQL would not accept. */
const id = z
  .string()
  .min(1)
  .max(256)
  .refine((value) => value.isWellFormed() && !value.includes('\0'), {
    message: 'must not contain U+0000 or half a surrogate pair',
  });

export const metadataPairsSchema = boundedRecord(
  z.string().max(responseLimits.metadataKeyCharacters),
  z.string().max(responseLimits.metadataValueCharacters),
  responseLimits.metadataPairs,
);

const functionToolSchema = z.strictObject({
  type: z.literal('function'),
  name: functionNameSchema,
  description: text.nullish(),
  parameters: jsonSchemaSchema.nullish(),
  strict: z.boolean().nullish(),
});

const fileSearchToolSchema = z.strictObject({
  type: z.literal('file_search'),
  vector_store_ids: boundedArray(id, responseLimits.vectorStores, 1),
  max_num_results: z.int().min(1).max(responseLimits.searchResults).nullish(),
  /** The search service checks it. */
  filters: boundedObject(responseLimits.members, responseLimits.nameCharacters).nullish(),
  ranking_options: boundedObject(responseLimits.members, responseLimits.nameCharacters).nullish(),
});
export type FileSearchTool = z.infer<typeof fileSearchToolSchema>;

export const responseToolSchema = z.discriminatedUnion('type', [functionToolSchema, fileSearchToolSchema]);
export type ResponseTool = z.infer<typeof responseToolSchema>;

export const responseToolChoiceSchema = z.union([
  z.enum(['none', 'auto', 'required']),
  z.strictObject({ type: z.literal('function'), name: functionNameSchema }),
  z.strictObject({ type: z.literal('file_search') }),
  z.strictObject({
    type: z.literal('allowed_tools'),
    mode: z.enum(['auto', 'required']),
    tools: boundedArray(z.looseObject({ type: z.string().max(64) }), responseLimits.tools, 1),
  }),
]);
export type ResponseToolChoice = z.infer<typeof responseToolChoiceSchema>;

const textFormatSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: z.string().min(1).max(128),
    description: text.nullish(),
    schema: jsonSchemaSchema,
    strict: z.boolean().nullish(),
  }),
]);
export type TextFormat = z.infer<typeof textFormatSchema>;

const includable = [
  'file_search_call.results',
  'message.output_text.logprobs',
  'message.input_image.image_url',
  'computer_call_output.output.image_url',
  'code_interpreter_call.outputs',
  'reasoning.encrypted_content',
  'web_search_call.results',
  'web_search_call.action.sources',
] as const;
export const includeSchema = boundedArray(z.enum(includable), includable.length * 2);

/** Members that creating a response and counting its input share. */
const promptShape = {
  model: modelNameSchema,
  input: z.union([text, boundedArray(inputItemSchema, responseLimits.inputItems)]).nullish(),
  instructions: text.nullish(),
  previous_response_id: id.nullish(),
  conversation: z.union([id, z.strictObject({ id })]).nullish(),
  tools: boundedArray(responseToolSchema, responseLimits.tools).nullish(),
  tool_choice: responseToolChoiceSchema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  text: z.strictObject({ format: textFormatSchema.nullish(), verbosity: z.string().max(64).nullish() }).nullish(),
  reasoning: z.looseObject({ effort: z.string().max(64).nullish(), summary: z.string().max(64).nullish() }).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
} as const;

export const createResponseSchema = z.strictObject({
  ...promptShape,
  background: z.boolean().nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().nullish() }).nullish(),
  include: includeSchema.nullish(),
  metadata: metadataPairsSchema.nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  /** Accepted without effect: at most one search runs before an answer, so every limit is met. */
  max_tool_calls: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  /** Accepted and returned, without effect. */
  service_tier: z.string().max(64).nullish(),
  safety_identifier: z.string().max(4_096).nullish(),
  prompt_cache_key: z.string().max(4_096).nullish(),
  prompt_cache_retention: z.string().max(64).nullish(),
  prompt_cache_options: z.unknown().optional(),
  user: z.string().max(4_096).nullish(),
});
export type CreateResponse = z.infer<typeof createResponseSchema>;

/** The body of `POST /v1/responses/input_tokens`. */
export const countInputTokensSchema = z.strictObject(promptShape);

/** Fields of OpenAI's API that are not supported, with the reason. null is accepted. */
export const unsupportedResponseFields: Readonly<Record<string, string>> = {
  prompt: 'no prompt templates are kept here; send instructions and input',
  moderation: 'no moderation model is installed',
  context_management: "nothing is compacted here; use truncation: 'auto'",
  access_programs: 'there are none here',
};

/** Tools of OpenAI's API that are not supported, with the reason. */
export const unsupportedTools: Readonly<Record<string, string>> = {
  web_search: 'no web search is installed',
  web_search_2025_08_26: 'no web search is installed',
  web_search_preview: 'no web search is installed',
  web_search_preview_2025_03_11: 'no web search is installed',
  computer: 'no computer can be used from here',
  computer_use_preview: 'no computer can be used from here',
  mcp: 'no remote tools are called from here; declare functions and call them yourself',
  code_interpreter: 'no code is run here',
  image_generation: 'the models served here make text',
  local_shell: 'no shell can be used from here',
  shell: 'no shell can be used from here',
  apply_patch: 'declare a function instead',
  custom: 'declare a function instead',
  namespace: 'declare its functions one by one',
  tool_search: 'declare the functions themselves',
};
