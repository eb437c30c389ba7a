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
import type { Exchange } from './exchange.ts';
import type { Recorded, Recording } from './recording.ts';
import type { FrameRewrite } from './relay-frames.ts';

/** How an attempt at an endpoint is to be made. */
export interface AttemptPlan {
  readonly body: Buffer;
  readonly tokenIds: boolean;
  readonly rewrite: FrameRewrite | null;
}

/** The first attempt, or one after attempts that showed nothing. */
export function planFresh(exchange: Exchange, state: EndpointState): AttemptPlan {
  const { endpoint } = state;
  const tokenIds = exchange.scanned.stream && endpoint.continuation === 'token_ids';
  return { body: withUpstreamNames(exchange, state, []), tokenIds, rewrite: null };
}

/** An attempt that goes on with what the client has, at an endpoint that can. */
export function planContinuation(
  exchange: Exchange,
  state: EndpointState,
  recorded: Recorded,
  facts: AnswerFacts,
  recording: Recording,
): AttemptPlan {
  const mode = continuationMode(state.endpoint, facts);
  if (mode === null)
    throw new KumikiError('internal_error', {}, { cause: new Error(`${state.endpoint.id} cannot continue`) });
  if (mode === 'token_ids') {
    const member = JSON.stringify(toContinuation(recorded));
    return { body: withUpstreamNames(exchange, state, [[continuationKey, member]]), tokenIds: true, rewrite: null };
  }
  // What follows is told from text: token ids of the new server would not line up with those of the old.
  recording.forgetTokens();
  const body = mode === 'prefill' ? prefilled(exchange, state, recorded) : withUpstreamNames(exchange, state, []);
  return { body, tokenIds: false, rewrite: createRewrite(exchange, recorded, mode) };
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

/** The client's body with the endpoint's name of the model, and usage asked for where the client did not. */
function withUpstreamNames(
  exchange: Exchange,
  state: EndpointState,
  add: readonly (readonly [string, string])[],
): Buffer {
  const { scanned, body, route } = exchange;
  const model = state.endpoint.upstreamModel ?? route.route.model;
  const includeUsage = scanned.stream && !scanned.includeUsage;
  if (model === scanned.model && !includeUsage && add.length === 0) return body;
  return editBody(body, scanned, { model, ...(includeUsage ? { includeUsage } : {}), add });
}

/** The body with the text so far as the beginning of the assistant's message, and what is left of the token budget. */
function prefilled(exchange: Exchange, state: EndpointState, recorded: Recorded): Buffer {
  const request = JSON.parse(withUpstreamNames(exchange, state, []).toString()) as Record<string, unknown>;
  const choice = recorded.completion.choices[0];
  const text = textOf(choice);
  if (Array.isArray(request['messages'])) {
    request['messages'] = [...(request['messages'] as unknown[]), { role: 'assistant', content: text }];
    request['add_generation_prompt'] = false;
    request['continue_final_message'] = true;
  } else {
    request['prompt'] = `${String(request['prompt'])}${text}`;
  }
  // A server that names no token ids sends about one event of text per token; its role and its end cost none.
  const used = recorded.textEvents;
  for (const limit of ['max_tokens', 'max_completion_tokens']) {
    const value = request[limit];
    if (typeof value === 'number') request[limit] = Math.max(1, value - used);
  }
  return Buffer.from(JSON.stringify(request));
}

function textOf(choice: ChatCompletion['choices'][number] | TextCompletion['choices'][number] | undefined): string {
  if (choice === undefined) return '';
  return 'message' in choice ? (choice.message.content ?? '') : choice.text;
}

function createRewrite(exchange: Exchange, recorded: Recorded, mode: 'prefill' | 'replay'): FrameRewrite {
  const options = { mode, completionTokensBefore: mode === 'prefill' ? recorded.textEvents : null };
  const rewriter =
    exchange.path === '/v1/chat/completions'
      ? createChatRewriter(recorded.completion as ChatCompletion, options)
      : createTextRewriter(recorded.completion as TextCompletion, options);
  return (data) => {
    const chunk = parseChunk(data);
    if (chunk === null) return { diverged: 'it sent an event that is not JSON' };
    let result: Rewritten<unknown>;
    try {
      result = rewriter.rewrite(chunk);
    } catch {
      // JSON without choices, or whose choices have no delta: what outside servers send is not ours to rely on.
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
