/**
 * Greedy requests of different kinds and lengths, so that interruptions fall into words, multi-byte characters and stop
 * texts.
 */
const questions = [
  'What is a gateway?',
  'What is a pod?',
  'How do I scale a service?',
  'Tell me about Kubernetes, please, in a few sentences.',
  'Who are you?',
  'ゲートウェイとは何ですか?',
  'ポッドとは何ですか?',
  'スケールするにはどうすればよいですか?',
  'Count from one to twenty.',
  'Explain the KV cache to me.',
];

/** The bodies of a fault run, without `model` and `stream`. */
export function faultBodies(maxTokens: number): readonly Readonly<Record<string, unknown>>[] {
  const plain = questions.map((content, index) => ({
    messages: [{ role: 'user', content }],
    temperature: 0,
    max_completion_tokens: maxTokens - (index % 4) * 7,
  }));
  const stopped = questions.slice(0, 4).map((content) => ({
    messages: [{ role: 'user', content }],
    temperature: 0,
    max_completion_tokens: maxTokens,
    stop: ['\n\n', 'the end'],
  }));
  return [...plain, ...stopped];
}

/**
 * Requests with a JSON schema: the grammar's state must survive an interruption. Not for the simulated engine, which
 * gives plain text.
 */
export function structuredBodies(maxTokens: number): readonly Readonly<Record<string, unknown>>[] {
  const schema = {
    type: 'object',
    properties: {
      title: { type: 'string', maxLength: 24 },
      steps: { type: 'array', items: { type: 'string', maxLength: 16 }, minItems: 2, maxItems: 3 },
    },
    required: ['title', 'steps'],
    additionalProperties: false,
  };
  return questions.slice(0, 3).map((content) => ({
    messages: [{ role: 'user', content }],
    temperature: 0,
    max_completion_tokens: maxTokens,
    response_format: { type: 'json_schema', json_schema: { name: 'plan', strict: true, schema } },
  }));
}
