import { readApiError, toApiError } from './api-error.ts';

/** Longest wait for a reply that is not a stream. */
const replyTimeoutMs = 60_000;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Asks the product's API. The session's cookie goes along by itself. Throws ApiError. */
export async function callApi<Value>(path: string, options: CallOptions = {}): Promise<Value> {
  const limit = AbortSignal.timeout(replyTimeoutMs);
  const signal = options.signal === undefined ? limit : AbortSignal.any([options.signal, limit]);
  const response = await sendApi(path, { ...options, signal });
  if (response.status === 204) return undefined as Value;
  return (await response.json()) as Value;
}

/** As `callApi`, with the reply as it begins, and without a limit of time: for streams and files. */
export async function sendApi(path: string, options: CallOptions = {}): Promise<Response> {
  const { method = options.body === undefined ? 'GET' : 'POST', body, headers, signal } = options;
  let response: Response;
  try {
    response = await fetch(withQuery(path, options.query), {
      method,
      credentials: 'same-origin',
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw toApiError(error);
  }
  if (!response.ok) throw await readApiError(response);
  return response;
}

function withQuery(path: string, query: CallOptions['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}
