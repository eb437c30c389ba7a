import { z } from 'zod';
import { createResponseSchema, responseLimits } from '../v1/responses.ts';
import { boundedArray } from '../wire/bounded.ts';

/**
 * `/v1/kumiki/chats`: chats as a person sees them. A chat is a tree of responses: each turn is a response, and turns
 * that follow the same one are branches of each other. A response joins a chat when it is created with
 * `metadata: {kumiki_chat: id}`. Chats are seen by the key that made them alone.
 */

export const chatMetadataKey = 'kumiki_chat';

export const savedChatLimits = {
  titleCharacters: 256,
  queryCharacters: 256,
  /** Turns of one chat, those of all branches. */
  turns: 4_096,
  /** Turns that are given at once; fewer where their texts are long. */
  turnsPage: 512,
  page: 100,
  defaultPage: 30,
} as const;

/** A text that a database can keep and find again. */
const plainText = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      message: 'must not contain U+0000 or half a surrogate pair',
    });

const id = z.string().min(1).max(256);

/** What the next turn is to be asked with; the service keeps it and applies nothing of it. */
export const chatSettingsSchema = z.strictObject({
  model: createResponseSchema.shape.model.nullish(),
  instructions: createResponseSchema.shape.instructions,
  temperature: createResponseSchema.shape.temperature,
  top_p: createResponseSchema.shape.top_p,
  max_output_tokens: createResponseSchema.shape.max_output_tokens,
  vector_store_ids: boundedArray(id, responseLimits.vectorStores).nullish(),
});
export type ChatSettings = z.infer<typeof chatSettingsSchema>;

export const createChatSchema = z.strictObject({
  /** Without one, the beginning of the first turn's text becomes the title. */
  title: plainText(savedChatLimits.titleCharacters).nullish(),
  settings: chatSettingsSchema.nullish(),
});
export type CreateChat = z.infer<typeof createChatSchema>;

/** What is left out stays as it is; `settings` are replaced whole. */
export const updateChatSchema = z.strictObject({
  title: plainText(savedChatLimits.titleCharacters).optional(),
  pinned: z.boolean().optional(),
  settings: chatSettingsSchema.optional(),
  /** A turn of the chat: the end of the branch that is looked at. */
  current_response_id: id.optional(),
});
export type UpdateChat = z.infer<typeof updateChatSchema>;

/** `path`: the turn and all before it. `all`: every branch. `from_here`: the turn and all after it. */
export const forkScopes = ['path', 'all', 'from_here'] as const;

export const forkChatSchema = z.strictObject({ response_id: id, scope: z.enum(forkScopes) });
export type ForkChat = z.infer<typeof forkChatSchema>;

/** The query of `GET /v1/kumiki/chats`, newest first. */
export const listChatsSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(savedChatLimits.page).default(savedChatLimits.defaultPage),
  /** Id of the last chat of the page before. */
  after: id.optional(),
  /** Words that a title must contain, all of them; width and case do not matter. */
  query: plainText(savedChatLimits.queryCharacters).optional(),
  pinned: z.enum(['true', 'false']).optional(),
});
export type ListChats = z.infer<typeof listChatsSchema>;

export const chatSchema = z.object({
  object: z.literal('kumiki.chat'),
  id: z.string(),
  /** Empty until it has a turn or is given one. Somebody's text: escape it, and isolate its direction. */
  title: z.string(),
  pinned: z.boolean(),
  settings: chatSettingsSchema,
  /** The end of the branch that was looked at last; a turn that begins becomes it. null without turns. */
  current_response_id: z.string().nullable(),
  /** Unix seconds. */
  created_at: z.int(),
  /** When the last turn began; Unix seconds. Renaming and pinning do not count. */
  updated_at: z.int(),
  /** Turns that are produced now. */
  running: z.int().nonnegative(),
});
export type Chat = z.infer<typeof chatSchema>;

export const chatListSchema = z.object({
  object: z.literal('list'),
  data: z.array(chatSchema),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
  has_more: z.boolean(),
});
export type ChatList = z.infer<typeof chatListSchema>;

/** An item as `/v1/responses` shows it: `message`, `file_search_call`, `function_call` and so on. */
const turnItemSchema = z.looseObject({ type: z.string(), id: z.string() });

const turnResponseSchema = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z.object({ reason: z.string() }).nullable(),
  model: z.string(),
  output: z.array(turnItemSchema),
  usage: z.looseObject({ input_tokens: z.int(), output_tokens: z.int(), total_tokens: z.int() }).nullable(),
  metadata: z.record(z.string(), z.string()),
});

/** Milliseconds since the turn was accepted, all by the database's clock; null until it has come so far. */
const turnTimingSchema = z.object({
  /** Until a model had taken the request. */
  queued_ms: z.number().nullable(),
  /** Until the first token could be read. */
  first_token_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
});

export const turnSchema = z.object({
  response_id: z.string(),
  /** The turn of this chat that it follows; null at a beginning, also where what came before is not in this chat. */
  previous_response_id: z.string().nullable(),
  /** Unix seconds. */
  created_at: z.int(),
  input: z.array(turnItemSchema),
  /** As it is now, with what has been written of it. */
  response: turnResponseSchema,
  timing: turnTimingSchema,
  /** The last event that `response` contains: a stream with `starting_after` of it goes on without gap or repetition. */
  last_sequence: z.int(),
});
export type Turn = z.infer<typeof turnSchema>;

/** The query of `GET /v1/kumiki/chats/{id}`. */
export const readChatSchema = z.strictObject({
  /** The last turn of the page before. */
  after: id.optional(),
  limit: z.coerce.number().int().min(1).max(savedChatLimits.turnsPage).default(savedChatLimits.turnsPage),
});
export type ReadChat = z.infer<typeof readChatSchema>;

/** `GET /v1/kumiki/chats/{id}`: turns in the order in which they began. */
export const chatDetailSchema = chatSchema.extend({
  turns: z.array(turnSchema),
  /** Whether more turns follow: `after` with the last one's `response_id` gives them. */
  has_more: z.boolean(),
});
export type ChatDetail = z.infer<typeof chatDetailSchema>;

export const deletedChatSchema = z.object({
  object: z.literal('kumiki.chat'),
  id: z.string(),
  deleted: z.literal(true),
});
