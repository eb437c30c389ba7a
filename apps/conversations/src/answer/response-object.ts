import type { CreateResponse } from '@kumiki/api';
import type { Usage } from '@kumiki/openai';

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** An item of a response's output, or of a conversation, as it is shown. */
export type Item = Readonly<Record<string, unknown>> & { readonly type: string; readonly id: string };

/** Values of `response.error.code`: those of OpenAI's API, and two of our own. */
export type ResponseErrorCode =
  | 'server_error'
  | 'rate_limit_exceeded'
  | 'invalid_prompt'
  | 'vector_store_timeout'
  | 'poisonous_request'
  | 'credential_revoked';

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response as the API shows it. Every field that OpenAI's API requires is present, null where allowed. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: ResponseStatus;
  readonly background: boolean;
  readonly completed_at: number | null;
  readonly error: { readonly code: ResponseErrorCode; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  readonly output: readonly Item[];
  readonly usage: ResponseUsage | null;
  readonly model: string;
  readonly previous_response_id: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly [more: string]: unknown;
}

/** A response before any output. `createdAt` is in Unix seconds. */
export function openResponse(id: string, request: CreateResponse, createdAt: number): ResponseObject {
  const conversation = typeof request.conversation === 'string' ? { id: request.conversation } : request.conversation;
  const background = request.background === true;
  return {
    id,
    object: 'response',
    created_at: createdAt,
    status: background ? 'queued' : 'in_progress',
    background,
    completed_at: null,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model: request.model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    prompt_cache_retention: request.prompt_cache_retention ?? null,
    reasoning: { effort: request.reasoning?.effort ?? null, summary: request.reasoning?.summary ?? null },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: 'default',
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: { format: request.text?.format ?? { type: 'text' }, verbosity: request.text?.verbosity ?? 'medium' },
    tool_choice: request.tool_choice ?? 'auto',
    tools: (request.tools ?? []).map(showTool),
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? 1,
    presence_penalty: request.presence_penalty ?? 0,
    frequency_penalty: request.frequency_penalty ?? 0,
    truncation: request.truncation ?? 'disabled',
    usage: null,
    metadata: request.metadata ?? {},
    ...(conversation == null ? {} : { conversation }),
    ...(request.user == null ? {} : { user: request.user }),
  };
}

/** A tool as the API shows it, with defaults filled in. */
function showTool(tool: NonNullable<CreateResponse['tools']>[number]): Readonly<Record<string, unknown>> {
  if (tool.type === 'file_search') {
    return {
      ...tool,
      filters: tool.filters ?? null,
      max_num_results: tool.max_num_results ?? 20,
      ranking_options: tool.ranking_options ?? { ranker: 'auto', score_threshold: 0 },
    };
  }
  return {
    type: 'function',
    name: tool.name,
    description: tool.description ?? null,
    parameters: tool.parameters ?? null,
    strict: tool.strict ?? false,
  };
}

/** Token counts under the names of the Responses API. */
export function showUsage(usage: Usage): ResponseUsage {
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.['cached_tokens'] ?? 0, cache_write_tokens: 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.['reasoning_tokens'] ?? 0 },
    total_tokens: usage.total_tokens,
  };
}
