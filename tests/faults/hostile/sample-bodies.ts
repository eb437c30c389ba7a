import type { Json } from './grow-body.ts';

/** Ids for the samples; they need not exist, since the grown parts are checked first. */
export interface SampleIds {
  readonly chatModel: string;
  readonly embeddingModel: string;
  readonly file: string;
  readonly store: string;
}

const schema: Json = {
  type: 'object',
  properties: {
    a: { type: 'string', enum: ['x'], pattern: '^a+$' },
    b: { type: 'array', items: { type: 'integer' } },
  },
  required: ['a'],
  additionalProperties: false,
};
const metadata: Json = { a: 'b' };
const filters: Json = { type: 'and', filters: [{ type: 'eq', key: 'a', value: 'b' }] };

type Sample = readonly [name: string, body: Json];

/**
 * A valid body of each JSON route with every kind of member that can be grown, by `METHOD path`. A route without a
 * sample gets only the generic hostile bodies.
 */
export function sampleBodies(ids: SampleIds): ReadonlyMap<string, Json> {
  return new Map<string, Json>([...forModels(ids), ...forConversations(ids), ...forSearch(ids), ...forControl()]);
}

function forModels({ chatModel: model, embeddingModel }: SampleIds): Sample[] {
  const chatTool: Json = { type: 'function', function: { name: 'f', description: 'd', parameters: schema } };
  return [
    [
      'POST /v1/chat/completions',
      {
        model,
        messages: [
          { role: 'system', content: 'a' },
          { role: 'user', content: [{ type: 'text', text: 'a' }] },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":"x"}' } }],
          },
          { role: 'tool', tool_call_id: 'c', content: 'a' },
        ],
        tools: [chatTool],
        stop: ['zz'],
        logit_bias: { 5: 1 },
        metadata,
        max_completion_tokens: 2,
        response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
      },
    ],
    ['POST /v1/completions', { model, prompt: 'a', stop: ['zz'], logit_bias: { 5: 1 }, max_tokens: 2 }],
    ['POST /v1/embeddings', { model: embeddingModel, input: ['a'] }],
  ];
}

function forConversations({ chatModel: model, file, store }: SampleIds): Sample[] {
  const tool: Json = { type: 'function', name: 'f', description: 'd', parameters: schema, strict: false };
  const items: Json = [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }] },
    { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c', output: 'a' },
  ];
  return [
    [
      'POST /v1/responses',
      {
        model,
        input: items,
        instructions: 'a',
        tools: [tool, { type: 'file_search', vector_store_ids: [store], filters }],
        tool_choice: 'none',
        metadata,
        max_output_tokens: 16,
        store: false,
        text: { format: { type: 'json_schema', name: 'n', schema } },
      },
    ],
    ['POST /v1/responses/input_tokens', { model, input: items, instructions: 'a', tools: [tool] }],
    ['POST /v1/conversations', { items, metadata }],
    ['POST /v1/conversations/:conversation', { metadata }],
    ['POST /v1/conversations/:conversation/items', { items }],
    ['POST /v1/batches', { input_file_id: file, endpoint: '/v1/chat/completions', completion_window: '24h', metadata }],
    ['POST /v1/kumiki/chats', { settings: { model, instructions: 'a', vector_store_ids: [store] }, title: 'a' }],
    ['POST /v1/kumiki/chats/:chat', { title: 'a' }],
  ];
}

function forSearch({ file }: SampleIds): Sample[] {
  return [
    ['POST /v1/vector_stores', { name: 'n', file_ids: [file], metadata, description: 'd' }],
    ['POST /v1/vector_stores/:store', { name: 'n', metadata }],
    ['POST /v1/vector_stores/:store/files', { file_id: file, attributes: { a: 'b' } }],
    ['POST /v1/vector_stores/:store/files/:file', { attributes: { a: 'b' } }],
    ['POST /v1/vector_stores/:store/file_batches', { files: [{ file_id: file, attributes: { a: 'b' } }] }],
    [
      'POST /v1/vector_stores/:store/search',
      { query: ['a'], filters, ranking_options: { score_threshold: 0.1, ranker: 'auto' } },
    ],
  ];
}

function forControl(): Sample[] {
  return [
    [
      'POST /v1/kumiki/keys',
      { name: 'a', project: 'p', roles: ['inference'], models: ['m'], limits: { requests_per_minute: 1 } },
    ],
    [
      'POST /v1/kumiki/services',
      {
        manifests: [
          {
            apiVersion: 'kumiki.dev/v1alpha1',
            kind: 'ModelService',
            metadata: { name: 'grown', labels: { a: 'b' }, annotations: { a: 'b' } },
            spec: { model: { source: 'simulated:' }, replicas: 0 },
          },
        ],
      },
    ],
    ['POST /v1/kumiki/services/:service/scale', { replicas: 1 }],
    ['POST /v1/kumiki/projects/:project/retention', { response_days: 1 }],
    ['POST /v1/kumiki/limits/:project', { files: 1, file_bytes: 1 }],
    ['POST /v1/kumiki/session', { token: 'a' }],
    ['POST /v1/kumiki/chats/:chat/fork', { response_id: 'resp_none', scope: 'path' }],
  ];
}
