import { KumikiError } from '@kumiki/api';

/** Fields of a chat request, and the corresponding fields of the client's request. */
const names: readonly (readonly [string, string])[] = [
  ['messages', 'input'],
  ['max_completion_tokens', 'max_output_tokens'],
  ['response_format.json_schema', 'text.format'],
  ['response_format', 'text.format'],
  ['reasoning_effort', 'reasoning.effort'],
];

/** Translates a refusal of the chat request into terms of the client's request, which contains no chat. */
export function restateRefusal(error: KumikiError): KumikiError {
  const name = names.find(([chat]) => error.param?.startsWith(chat));
  if (name === undefined || error.param === null) return error;
  const [chat, own] = name;
  // Items and messages do not correspond one to one, so the index is left out.
  const param = chat === 'messages' ? own : own + error.param.slice(chat.length);
  const restated = new KumikiError(error.code, {}, { param, cause: error });
  restated.message = error.message
    .replaceAll(error.param, param)
    .replaceAll('max_completion_tokens', 'max_output_tokens');
  return restated;
}
