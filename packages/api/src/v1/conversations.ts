import { z } from 'zod';
import { boundedArray } from '../wire/bounded.ts';
import { inputItemSchema } from './response-items.ts';
import { metadataPairsSchema } from './responses.ts';

/** Bodies of `/v1/conversations` and of a conversation's items. */

export const conversationLimits = {
  /** Items that one request adds, as in OpenAI's API. */
  addedItems: 20,
} as const;

const items = (least: number) => boundedArray(inputItemSchema, conversationLimits.addedItems, least);

export const createConversationSchema = z.strictObject({
  items: items(0).nullish(),
  metadata: metadataPairsSchema.nullish(),
});

export const updateConversationSchema = z.strictObject({ metadata: metadataPairsSchema.nullable() });

export const addItemsSchema = z.strictObject({ items: items(1) });
