import { type CreateResponse, KumikiError } from '@kumiki/api';
import type { Caller } from '@kumiki/service';
import { z } from 'zod';
import { buildChat } from '../prompt/build-chat.ts';
import { buildMessages } from '../prompt/build-messages.ts';
import { loadContext } from '../runs/load-context.ts';
import { type ResponsesDeps, resolveInput } from './create-response.ts';

const countedSchema = z.object({ usage: z.object({ prompt_tokens: z.int().min(0) }) });

/**
 * The tokens of a request's input, counted by the model itself, since only its server knows the template and the
 * vocabulary. The model is asked for an answer of one token.
 */
export async function countInputTokens(
  { database, gateway }: Pick<ResponsesDeps, 'database' | 'gateway'>,
  caller: Caller,
  request: Pick<
    CreateResponse,
    'model' | 'input' | 'instructions' | 'previous_response_id' | 'conversation' | 'tools' | 'truncation'
  >,
): Promise<number> {
  const own = await resolveInput(database, caller.project, request);
  const { items: context } = await loadContext(database, caller.project, request);
  const messages = buildMessages(request.instructions ?? null, [...context, ...own]);
  const { stream: _, stream_options: __, response_format: ___, ...chat } = buildChat(request, messages);
  try {
    const { usage } = await gateway.json(
      {
        method: 'POST',
        path: '/v1/chat/completions',
        body: { ...chat, max_completion_tokens: 1 },
        keyId: caller.keyId,
        traceparent: caller.traceparent,
      },
      countedSchema,
    );
    return usage.prompt_tokens;
  } catch (error) {
    const counted = error instanceof KumikiError ? countInRefusal(error) : null;
    if (counted === null) throw error;
    return counted;
  }
}

/** The refusal of a prompt that does not fit contains its token count. */
function countInRefusal(error: KumikiError): number | null {
  const count = /\((\d+) in the (?:prompt|messages)/.exec(error.message)?.[1];
  return error.code === 'context_length_exceeded' && count !== undefined ? Number(count) : null;
}
