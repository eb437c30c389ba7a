import {
  chatDetailSchema,
  chatListSchema,
  createChatSchema,
  deletedChatSchema,
  forkChatSchema,
  listChatsSchema,
  readChatSchema,
  updateChatSchema,
} from '../kumiki/chats.ts';
import { projectUsageSchema } from '../kumiki/project-limits.ts';
import { retentionSchema, setRetentionSchema } from '../kumiki/retention.ts';
import { addItemsSchema, createConversationSchema, updateConversationSchema } from '../v1/conversations.ts';
import { countInputTokensSchema, createResponseSchema } from '../v1/responses.ts';
import { ignoredBody, jsonBody, pathGroup, type PathRow, smallBodyBytes } from './path-row.ts';

/** The text of two million tokens: more than the longest context of a model. */
const inputBytes = 8_388_608;

/** 4,096 items of a dozen members. */
const inputValues = 65_536;

/** 16 pairs of 64 and 512 characters, every one of them escaped. */
const metadataBytes = 65_536;

/** A chat's instructions and the other settings of its next turn. */
const settingsBytes = 1_048_576;

const inference = pathGroup('conversations', 'inference');
const admin = pathGroup('conversations', 'admin');

/** Responses, conversations, batches and chats. */
export const conversationPaths = [
  inference.post('/v1/responses', jsonBody(inputBytes, createResponseSchema, inputValues)),
  inference.post('/v1/responses/input_tokens', jsonBody(inputBytes, countInputTokensSchema, inputValues)),
  inference.get('/v1/responses/:response'),
  inference.delete('/v1/responses/:response'),
  inference.post('/v1/responses/:response/cancel', ignoredBody),
  inference.get('/v1/responses/:response/input_items'),
  inference.post('/v1/conversations', jsonBody(inputBytes, createConversationSchema, inputValues)),
  inference.get('/v1/conversations/:conversation'),
  inference.post('/v1/conversations/:conversation', jsonBody(metadataBytes, updateConversationSchema)),
  inference.delete('/v1/conversations/:conversation'),
  inference.post('/v1/conversations/:conversation/items', jsonBody(inputBytes, addItemsSchema, inputValues)),
  inference.get('/v1/conversations/:conversation/items'),
  inference.get('/v1/conversations/:conversation/items/:item'),
  inference.delete('/v1/conversations/:conversation/items/:item'),
  inference.post('/v1/batches', jsonBody(metadataBytes, null)),
  inference.get('/v1/batches'),
  inference.get('/v1/batches/:batch'),
  inference.post('/v1/batches/:batch/cancel', ignoredBody),
  inference.post('/v1/kumiki/chats', jsonBody(settingsBytes, createChatSchema), { reply: chatDetailSchema }),
  inference.get('/v1/kumiki/chats', { query: listChatsSchema, reply: chatListSchema }),
  inference.get('/v1/kumiki/chats/:chat', { query: readChatSchema, reply: chatDetailSchema }),
  inference.post('/v1/kumiki/chats/:chat', jsonBody(settingsBytes, updateChatSchema), { reply: chatDetailSchema }),
  inference.delete('/v1/kumiki/chats/:chat', { reply: deletedChatSchema }),
  inference.post('/v1/kumiki/chats/:chat/fork', jsonBody(smallBodyBytes, forkChatSchema), { reply: chatDetailSchema }),
  admin.get('/v1/kumiki/projects/:project/retention', { reply: retentionSchema }),
  admin.post('/v1/kumiki/projects/:project/retention', jsonBody(smallBodyBytes, setRetentionSchema), {
    reply: retentionSchema,
  }),
  admin.get('/v1/kumiki/usage/conversations/:project', { reply: projectUsageSchema }),
] as const satisfies readonly PathRow[];
