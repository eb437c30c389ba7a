import type { ChatSettings } from '@kumiki/api';
import { type Item, listMember, textMember } from './turn.ts';

/** As in `@kumiki/api`, whose schemas would come along with a constant. */
export const chatMetadataKey = 'kumiki_chat';
const metadataValueCharacters = 512;

/** Names of what was attached to a message, beside it in the response's metadata. */
const attachmentsKey = 'kumiki_attachments';

/** Passages that one answer is given: enough to compare, few enough for a small model. */
const searchResults = 4;

export interface Ask {
  readonly chatId: string;
  readonly model: string;
  readonly settings: ChatSettings;
  readonly input: readonly InputMessage[];
  readonly previousId: string | null;
  readonly attachments: readonly string[];
}

export interface InputMessage {
  readonly type: 'message';
  readonly role: 'user' | 'assistant' | 'system' | 'developer';
  readonly content: readonly { readonly type: string; readonly text: string }[];
}

export type RequestBody = Readonly<Record<string, unknown>> & { readonly model: string };

/** The body of `POST /v1/responses` for a turn, in the background, so that it continues when the tab is closed. */
export function buildRequest({ chatId, model, settings, input, previousId, attachments }: Ask): RequestBody {
  const { instructions, temperature, top_p, max_output_tokens, vector_store_ids: stores } = settings;
  const names = attachmentNames(attachments);
  return {
    model,
    input,
    background: true,
    stream: true,
    store: true,
    truncation: 'auto',
    ...(previousId === null ? {} : { previous_response_id: previousId }),
    ...(instructions == null || instructions === '' ? {} : { instructions }),
    ...(temperature == null ? {} : { temperature }),
    ...(top_p == null ? {} : { top_p }),
    ...(max_output_tokens == null ? {} : { max_output_tokens }),
    ...(stores == null || stores.length === 0
      ? {}
      : {
          tools: [{ type: 'file_search', vector_store_ids: stores, max_num_results: searchResults }],
          include: ['file_search_call.results'],
        }),
    metadata: { [chatMetadataKey]: chatId, ...(names === null ? {} : { [attachmentsKey]: names }) },
  };
}

/** As many names as a value of the metadata holds. */
function attachmentNames(names: readonly string[]): string | null {
  for (let count = names.length; count > 0; count--) {
    const text = JSON.stringify(names.slice(0, count));
    if (text.length <= metadataValueCharacters) return text;
  }
  return null;
}

export function readAttachments(metadata: Readonly<Record<string, string>> | undefined): readonly string[] {
  try {
    const names: unknown = JSON.parse(metadata?.[attachmentsKey] ?? '[]');
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

export function userMessage(text: string): InputMessage {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}

/** A stored turn's messages as new input: what is sent again is a new item. */
export function inputAgain(items: readonly Item[]): readonly InputMessage[] {
  return items
    .filter(({ type }) => type === 'message')
    .map((item) => ({
      type: 'message' as const,
      role: roleOf(textMember(item, 'role')),
      content: listMember(item, 'content').map((part) => ({
        type: textMember(part, 'type'),
        text: textMember(part, 'text'),
      })),
    }));
}

function roleOf(role: string): InputMessage['role'] {
  return role === 'assistant' || role === 'system' || role === 'developer' ? role : 'user';
}

/** What the person wrote in a turn. */
export function inputText(items: readonly Item[]): string {
  return items
    .filter((item) => item.type === 'message' && textMember(item, 'role') === 'user')
    .flatMap((item) => listMember(item, 'content'))
    .map((part) => textMember(part, 'text'))
    .filter((text) => text !== '')
    .join('\n\n');
}
