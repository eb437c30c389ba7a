import { continuationKey, KumikiError, type Continuation } from '@kumiki/api';
import {
  createChatRewriter,
  createTextRewriter,
  type ChatChunk,
  type ChatCompletion,
  type Rewritten,
  type TextCompletion,
} from '@kumiki/openai';
import { continuationMode, type AnswerFacts } from '@kumiki/policy';
import { editBody } from '../body/edit-body.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import type { ModelRequest } from './exchange.ts';
import type { Recorded } from './recording.ts';
import type { FrameRewrite } from './relay-frames.ts';

/** How to make an attempt at an endpoint. */
export interface AttemptPlan {
  readonly body: Buffer;
  readonly tokenIds: boolean;
  readonly rewrite: FrameRewrite | null;
}

/** The first attempt, or one after attempts without output. */
export function planFresh(request: ModelRequest, state: EndpointState): AttemptPlan {
  const { endpoint } = state;
  const tokenIds = request.scanned.stream && endpoint.continuation === 'token_ids';
  return { body: withUpstreamNames(request, state, []), tokenIds, rewrite: null };
}

/** An attempt that continues what the client has, at an endpoint that can. */
export function planContinuation(
  request: ModelRequest,
  state: EndpointState,
  recorded: Recorded,
  facts: AnswerFacts,
): AttemptPlan {
  const mode = continuationMode(state.endpoint, facts);
  if (mode === null)
    throw new KumikiError('internal_error', {}, { cause: new Error(`${state.endpoint.id} cannot continue`) });
  if (mode === 'token_ids') {
    const member = JSON.stringify(toContinuation(recorded));
    return { body: withUpstreamNames(request, state, [[continuationKey, member]]), tokenIds: true, rewrite: null };
  }
  const body = mode === 'prefill' ? prefilled(request, state, recorded) : withUpstreamNames(request, state, []);
  return { body, tokenIds: false, rewrite: createRewrite(request, recorded, mode) };
}

function toContinuation(recorded: Recorded): Continuation {
  const { id, created, choices } = recorded.completion;
  return {
    id,
    created,
    choices: choices.map(({ index, finish_reason }) => ({
      index,
      token_ids: [...(recorded.tokens?.get(index) ?? [])],
      finished: finish_reason !== null,
    })),
  };
}

/** The client's body with the endpoint's name for the model; usage is requested even if the client did not. */
function withUpstreamNames(
  request: ModelRequest,
  state: EndpointState,
  add: readonly (readonly [string, string])[],
): Buffer {
  const { scanned, body, route } = request;
  const model = state.endpoint.upstreamModel ?? route.route.model;
  const includeUsage = scanned.stream && !scanned.includeUsage;
  if (model === scanned.model && !includeUsage && add.length === 0) return body;
  return editBody(body, scanned, { model, ...(includeUsage ? { includeUsage } : {}), add });
}

/** The body with the text so far as the beginning of the assistant's message, and the rest of the token budget. */
function prefilled(request: ModelRequest, state: EndpointState, recorded: Recorded): Buffer {
  const body = JSON.parse(withUpstreamNames(request, state, []).toString()) as Record<string, unknown>;
  const choice = recorded.completion.choices[0];
  const text = textOf(choice);
  if (Array.isArray(body['messages'])) {
    body['messages'] = [...(body['messages'] as unknown[]), { role: 'assistant', content: text }];
    body['add_generation_prompt'] = false;
    body['continue_final_message'] = true;
  } else {
    body['prompt'] = `${String(body['prompt'])}${text}`;
  }
  // A server that names no token ids sends about one text event per token. The events of role and end have no text.
  const used = recorded.textEvents;
  for (const limit of ['max_tokens', 'max_completion_tokens']) {
    const value = body[limit];
    if (typeof value === 'number') body[limit] = Math.max(1, value - used);
  }
  return Buffer.from(JSON.stringify(body));
}

function textOf(choice: ChatCompletion['choices'][number] | TextCompletion['choices'][number] | undefined): string {
  if (choice === undefined) return '';
  return 'message' in choice ? (choice.message.content ?? '') : choice.text;
}

function createRewrite(request: ModelRequest, recorded: Recorded, mode: 'prefill' | 'replay'): FrameRewrite {
  const options = { mode, completionTokensBefore: mode === 'prefill' ? recorded.textEvents : null };
  const rewriter =
    request.path === '/v1/chat/completions'
      ? createChatRewriter(recorded.completion as ChatCompletion, options)
      : createTextRewriter(recorded.completion as TextCompletion, options);
  return (data) => {
    const chunk = parseChunk(data);
    if (chunk === null) return { diverged: 'it sent an event that is not JSON' };
    let result: Rewritten<unknown>;
    try {
      result = rewriter.rewrite(chunk);
    } catch {
      // JSON without choices, or with choices that have no delta: outside servers may send anything.
      return { diverged: 'it sent an event that is no chunk of an answer' };
    }
    switch (result.outcome) {
      case 'show':
        return { show: Buffer.from(`data: ${JSON.stringify(result.chunk)}\n\n`) };
      case 'skip':
        return { show: null };
      case 'diverged':
        return { diverged: result.reason };
    }
  };
}

function parseChunk(data: string): (ChatChunk & TextCompletion) | null {
  try {
    return JSON.parse(data) as ChatChunk & TextCompletion;
  } catch {
    return null;
  }
}
