import type { Address } from '../shell/use-address.ts';

/** Models that are compared at once. */
export const maxModels = 4;

/** Numbers that go to every model; null leaves one to the server. */
export interface Parameters {
  readonly temperature: number | null;
  readonly top_p: number | null;
  readonly max_completion_tokens: number | null;
  readonly seed: number | null;
  readonly frequency_penalty: number | null;
  readonly presence_penalty: number | null;
}

/** What is asked, as it stands in the address. */
export interface PlaygroundRequest {
  readonly models: readonly string[];
  readonly system: string;
  readonly prompt: string;
  readonly parameters: Parameters;
  /** One a line. */
  readonly stop: string;
  /** JSON Schema that the answer has to match; empty for none. */
  readonly schema: string;
  /** The API's `tools` as JSON; empty for none. */
  readonly tools: string;
}

const parameterNames = [
  'temperature',
  'top_p',
  'max_completion_tokens',
  'seed',
  'frequency_penalty',
  'presence_penalty',
] as const satisfies readonly (keyof Parameters)[];

export function readRequest({ get }: Pick<Address, 'get'>): PlaygroundRequest {
  const number = (name: string): number | null => {
    const value = Number(get(name));
    return get(name) === '' || !Number.isFinite(value) ? null : value;
  };
  return {
    models: get('m')
      .split(',')
      .filter((model) => model !== '')
      .slice(0, maxModels),
    system: get('system'),
    prompt: get('prompt'),
    parameters: Object.fromEntries(parameterNames.map((name) => [name, number(name)])) as unknown as Parameters,
    stop: get('stop'),
    schema: get('schema'),
    tools: get('tools'),
  };
}

export function toAddress({ models, parameters, ...texts }: PlaygroundRequest): Record<string, string | null> {
  const numbers = parameterNames.map((name) => [name, parameters[name] === null ? null : String(parameters[name])]);
  return { ...texts, m: models.join(','), ...(Object.fromEntries(numbers) as Record<string, string | null>) };
}

/** The body of `POST /v1/chat/completions`, in the order in which people read it. */
export type ChatBody = Readonly<Record<string, unknown>> & {
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user'; readonly content: string }[];
};

/** What one model is asked. Throws SyntaxError when schema or tools are no JSON. */
export function toBody(request: PlaygroundRequest, model: string): ChatBody {
  const { system, prompt, parameters, stop, schema, tools } = request;
  const numbers = Object.entries(parameters).filter(([, value]) => value !== null);
  const stops = stop.split('\n').filter((line) => line !== '');
  return {
    model,
    messages: [
      ...(system.trim() === '' ? [] : [{ role: 'system' as const, content: system }]),
      { role: 'user' as const, content: prompt },
    ],
    ...Object.fromEntries(numbers),
    ...(stops.length === 0 ? {} : { stop: stops }),
    ...(schema.trim() === '' ? {} : { response_format: toFormat(JSON.parse(schema)) }),
    ...(tools.trim() === '' ? {} : { tools: JSON.parse(tools) as unknown }),
  };
}

function toFormat(schema: unknown) {
  return { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } };
}
