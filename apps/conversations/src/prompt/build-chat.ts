import type { CreateResponse, TextFormat } from '@kumiki/api';
import type { ChatMessage } from './build-messages.ts';

/** The body of the chat request that answers a response's request. */
export type ChatBody = Readonly<Record<string, unknown>>;

type PromptOptions = Pick<
  CreateResponse,
  'model' | 'tools' | 'tool_choice' | 'parallel_tool_calls' | 'text' | 'reasoning'
> &
  Partial<
    Pick<
      CreateResponse,
      | 'include'
      | 'max_output_tokens'
      | 'temperature'
      | 'top_p'
      | 'top_logprobs'
      | 'presence_penalty'
      | 'frequency_penalty'
      | 'user'
    >
  >;

export function buildChat(request: PromptOptions, messages: readonly ChatMessage[]): ChatBody {
  const logprobs = (request.top_logprobs ?? 0) > 0 || wantsLogprobs(request.include);
  const format = request.text?.format;
  return withoutNulls({
    model: request.model,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    temperature: request.temperature,
    top_p: request.top_p,
    presence_penalty: request.presence_penalty,
    frequency_penalty: request.frequency_penalty,
    max_completion_tokens: request.max_output_tokens,
    logprobs: logprobs ? true : null,
    top_logprobs: logprobs ? (request.top_logprobs ?? 0) : null,
    reasoning_effort: request.reasoning?.effort,
    response_format: format == null ? null : responseFormat(format),
    user: request.user,
    ...tools(request),
  });
}

export function wantsLogprobs(include: CreateResponse['include']): boolean {
  return include?.includes('message.output_text.logprobs') === true;
}

function responseFormat(format: TextFormat): Readonly<Record<string, unknown>> {
  if (format.type !== 'json_schema') return { type: format.type };
  const { name, description, schema, strict } = format;
  return { type: 'json_schema', json_schema: withoutNulls({ name, description, schema, strict }) };
}

/** The function tools and the tool choice. File search runs before the model is called and is not passed as a tool. */
function tools(request: PromptOptions): Readonly<Record<string, unknown>> {
  const choice = request.tool_choice;
  const allowed = typeof choice === 'object' && choice?.type === 'allowed_tools' ? namesOf(choice.tools) : null;
  const functions = (request.tools ?? [])
    .filter((tool) => tool.type === 'function')
    .filter(({ name }) => allowed === null || allowed.has(name));
  if (functions.length === 0) return {};
  return {
    tools: functions.map(({ name, description, parameters, strict }) => ({
      type: 'function',
      function: withoutNulls({ name, description, parameters, strict }),
    })),
    tool_choice: chatChoice(choice),
    parallel_tool_calls: request.parallel_tool_calls,
  };
}

function namesOf(tools: readonly Readonly<Record<string, unknown>>[]): ReadonlySet<unknown> {
  return new Set(tools.filter(({ type }) => type === 'function').map(({ name }) => name));
}

function chatChoice(choice: CreateResponse['tool_choice']): unknown {
  if (choice == null || typeof choice === 'string') return choice;
  switch (choice.type) {
    case 'function':
      return { type: 'function', function: { name: choice.name } };
    case 'file_search':
      return 'none';
    case 'allowed_tools':
      return choice.mode;
  }
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value != null));
}
