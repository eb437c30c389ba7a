/** A request whose answer is recorded. */
export interface RecordedRequest {
  readonly name: string;
  readonly path: '/v1/chat/completions' | '/v1/completions' | '/v1/embeddings';
  /** The model is added, unless it is there. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Bytes of the body that are sent; all of it when absent. */
  readonly sentBytes?: number;
  /** The server is killed in the middle of the answer, by the recorder's `--kill`. */
  readonly kills?: boolean;
  /** Recorded only when it is asked for by name. */
  readonly byName?: boolean;
}

const question = [{ role: 'user', content: 'What is a Pod?' }];
const count = [{ role: 'user', content: 'Count from 1 to 30' }];
const chat = { stream: true, temperature: 0, max_tokens: 24, messages: question };
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};
const schema = {
  type: 'object',
  properties: { answer: { type: 'string', maxLength: 20 } },
  required: ['answer'],
  additionalProperties: false,
};
const tools = {
  ...chat,
  messages: [{ role: 'user', content: 'What is the weather in Tokyo?' }],
  max_tokens: 60,
  tools: [weather],
};

/** Every kind of answer that servers write in their own way. */
export const recordedRequests: readonly RecordedRequest[] = [
  { name: 'chat', path: '/v1/chat/completions', body: chat },
  { name: 'chat-usage', path: '/v1/chat/completions', body: { ...chat, stream_options: { include_usage: true } } },
  { name: 'chat-whole', path: '/v1/chat/completions', body: { ...chat, stream: false } },
  // The natural end of an answer, the end by a stop string, and the end by the limit of tokens.
  { name: 'chat-end', path: '/v1/chat/completions', body: { ...chat, max_tokens: 100 } },
  { name: 'chat-stop', path: '/v1/chat/completions', body: { ...chat, messages: count, max_tokens: 100, stop: ['5'] } },
  { name: 'chat-length', path: '/v1/chat/completions', body: { ...chat, stream: false, max_tokens: 3 } },
  {
    name: 'chat-choices',
    path: '/v1/chat/completions',
    body: { ...chat, n: 2, max_tokens: 8, temperature: 1, seed: 7 },
  },
  {
    name: 'chat-logprobs',
    path: '/v1/chat/completions',
    body: { ...chat, max_tokens: 4, logprobs: true, top_logprobs: 2 },
  },
  { name: 'chat-tools', path: '/v1/chat/completions', body: { ...tools, tool_choice: 'auto' } },
  { name: 'chat-tool-required', path: '/v1/chat/completions', body: { ...tools, tool_choice: 'required' } },
  { name: 'chat-tools-whole', path: '/v1/chat/completions', body: { ...tools, stream: false, tool_choice: 'auto' } },
  {
    name: 'chat-schema',
    path: '/v1/chat/completions',
    body: {
      ...chat,
      max_tokens: 60,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    },
  },
  {
    name: 'chat-logprobs-whole',
    path: '/v1/chat/completions',
    body: { ...chat, stream: false, max_tokens: 4, logprobs: true, top_logprobs: 2 },
  },
  {
    name: 'chat-japanese',
    path: '/v1/chat/completions',
    body: { ...chat, messages: [{ role: 'user', content: 'Podとは何ですか？' }] },
  },
  {
    name: 'completion',
    path: '/v1/completions',
    body: { stream: true, temperature: 0, max_tokens: 16, prompt: 'A Pod is' },
  },
  {
    name: 'completion-usage',
    path: '/v1/completions',
    body: {
      stream: true,
      temperature: 0,
      max_tokens: 8,
      prompt: 'A Pod is',
      logprobs: 1,
      stream_options: { include_usage: true },
    },
  },
  {
    name: 'completion-whole',
    path: '/v1/completions',
    body: { stream: false, temperature: 0, max_tokens: 8, prompt: 'A Pod is', logprobs: 1 },
  },
  { name: 'refused-value', path: '/v1/chat/completions', body: { ...chat, temperature: 'warm' } },
  {
    name: 'refused-length',
    path: '/v1/chat/completions',
    body: { ...chat, messages: [{ role: 'user', content: 'a b '.repeat(20_000) }] },
  },
  { name: 'refused-model', path: '/v1/chat/completions', body: { ...chat, model: 'no-such-model' } },
  { name: 'refused-json', path: '/v1/chat/completions', body: chat, sentBytes: 40 },
  { name: 'refused-messages', path: '/v1/chat/completions', body: { ...chat, messages: 'What is a Pod?' } },
  { name: 'refused-embedding', path: '/v1/embeddings', body: { input: ['a Pod'] } },
  // The server has to be started with a parser of reasoning.
  {
    name: 'chat-reasoning',
    path: '/v1/chat/completions',
    body: { ...chat, stream_options: { include_usage: true } },
    byName: true,
  },
  // The server has to serve an embedding model.
  { name: 'embedding', path: '/v1/embeddings', body: { input: ['a Pod'], encoding_format: 'base64' }, byName: true },
  { name: 'embedding-floats', path: '/v1/embeddings', body: { input: ['a Pod', 'Podとは'] }, byName: true },
  { name: 'embedding-length', path: '/v1/embeddings', body: { input: ['a b '.repeat(20_000)] }, byName: true },
  // The server has to be started with a key, which the recorder does not send.
  { name: 'refused-key', path: '/v1/chat/completions', body: chat, byName: true },
  {
    name: 'chat-killed',
    path: '/v1/chat/completions',
    body: { ...chat, messages: count, max_tokens: 200 },
    kills: true,
    byName: true,
  },
];
