import {
  chatMetadataKey,
  countInputTokensSchema,
  type CreateResponse,
  createResponseSchema,
  KumikiError,
  unsupportedResponseFields,
  unsupportedTools,
} from '@kumiki/api';
import { checkBody } from '@kumiki/service';

/** The body of a request for a response. Throws KumikiError for the first problem. */
export function checkCreate(body: unknown): CreateResponse {
  requireKnownTools(body);
  const request = checkBody(createResponseSchema, body, unsupportedResponseFields);
  requireOneContext(request);
  if (request.background === true && request.store === false) {
    throw new KumikiError('invalid_value', {
      param: 'background',
      reason: 'a background response has to be stored; leave out store: false',
    });
  }
  if (request.store === false && request.conversation != null) {
    throw new KumikiError('invalid_value', {
      param: 'store',
      reason: 'what is said in a conversation is stored there; leave out store: false, or send the items as input',
    });
  }
  if (request.store === false && request.metadata?.[chatMetadataKey] !== undefined) {
    throw new KumikiError('invalid_value', {
      param: 'store',
      reason: 'a turn of a chat is stored; leave out store: false, or metadata.kumiki_chat',
    });
  }
  return request;
}

export function checkCount(body: unknown): ReturnType<typeof checkBody<typeof countInputTokensSchema>> {
  requireKnownTools(body);
  const request = checkBody(countInputTokensSchema, body, unsupportedResponseFields);
  requireOneContext(request);
  return request;
}

function requireOneContext(request: Pick<CreateResponse, 'previous_response_id' | 'conversation'>): void {
  if (request.previous_response_id == null || request.conversation == null) return;
  throw new KumikiError('invalid_value', {
    param: 'previous_response_id',
    reason: "it cannot be used together with 'conversation'; send one of them",
  });
}

/** Refuses unsupported tools of OpenAI's API by name instead of as an unknown type. */
function requireKnownTools(body: unknown): void {
  const tools = (body as { tools?: unknown } | null)?.tools;
  if (!Array.isArray(tools)) return;
  for (const [index, tool] of tools.entries()) {
    const type = (tool as { type?: unknown } | null)?.type;
    if (typeof type !== 'string' || !Object.hasOwn(unsupportedTools, type)) continue;
    const reason = unsupportedTools[type] ?? '';
    throw new KumikiError('unsupported_parameter', { param: `tools[${index}].type`, reason });
  }
}
