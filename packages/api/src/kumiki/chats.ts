import { z } from 'zod';
import { createResponseSchema, responseLimits } from '../v1/responses.ts';
import { boundedArray } from '../wire/bounded.ts';

/**
 * `/v1/kumiki/chats`: chats as a person sees them. A chat is a tree of responses: each turn is a response, and turns
 * that follow the same one are branches of each other. A response joins a chat when it is created with `metadata:
 * {kumiki_chat: id}`. A chat is visible only to the key that created it.
 */

export const chatMetadataKey = 'kumiki_chat';

export const savedChatLimits = {
  titleCharacters: 256,
  queryCharacters: 256,
  /** Turns of one chat, over all branches. */
  turns: 4_096,
  /** Most turns of one page; a page has fewer when their texts are long. */
  turnsPage: 512,
  page: 100,
  defaultPage: 30,
} as const;

/** Text that PostgreSQL can store and search. */
const plainText = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), {
      message: 'must not contain U+0000 or half a surrogate pair',
    });

const id = z.string().min(1).max(256);

/** Settings for the next turn. The service stores them for the console and does not apply them itself. */
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

/** Members that are left out stay as they are; `settings` is replaced as a whole. */
export const updateChatSchema = z.strictObject({
  title: plainText(savedChatLimits.titleCharacters).optional(),
  pinned: z.boolean().optional(),
  settings: chatSettingsSchema.optional(),
  /** The last turn of the branch that is shown. */
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
  /** Id of the last chat of the previous page. */
  after: id.optional(),
  /** Words that a title must contain, all of them. Case and full or half width do not matter. */
  query: plainText(savedChatLimits.queryCharacters).optional(),
  pinned: z.enum(['true', 'false']).optional(),
});
export type ListChats = z.infer<typeof listChatsSchema>;

export const chatSchema = z.object({
  object: z.literal('kumiki.chat'),
  id: z.string(),
  /** Empty until the chat has a turn or is given a title. Untrusted text: escape it and isolate its direction. */
  title: z.string(),
  pinned: z.boolean(),
  settings: chatSettingsSchema,
  /** The last turn of the branch that was shown last; a new turn becomes it. null without turns. */
  current_response_id: z.string().nullable(),
  /** Unix seconds. */
  created_at: z.int(),
  /** When the last turn began; Unix seconds. Renaming and pinning do not count. */
  updated_at: z.int(),
  /** Turns whose answers are being generated. */
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

/** Milliseconds since the turn was accepted, by the database's clock; null until that point is reached. */
const turnTimingSchema = z.object({
  /** Until a model accepted the request. */
  queued_ms: z.number().nullable(),
  /** Until the first token was available to readers. */
  first_token_ms: z.number().nullable(),
  total_ms: z.number().nullable(),
});

export const turnSchema = z.object({
  response_id: z.string(),
  /**
   * The turn of this chat that it follows; null for a first turn, including one whose predecessor is not in this chat.
   */
  previous_response_id: z.string().nullable(),
  /** Unix seconds. */
  created_at: z.int(),
  input: z.array(turnItemSchema),
  /** The response as it is now, with the part of the answer that has been stored. */
  response: turnResponseSchema,
  timing: turnTimingSchema,
  /**
   * Sequence number of the last event that `response` contains. A stream with this as `starting_after` continues
   * without gap or repetition.
   */
  last_sequence: z.int(),
});
export type Turn = z.infer<typeof turnSchema>;

/** The query of `GET /v1/kumiki/chats/{id}`. */
export const readChatSchema = z.strictObject({
  /** The last turn of the previous page. */
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
