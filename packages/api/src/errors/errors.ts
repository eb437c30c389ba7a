/**
 * The one table of errors. Every error that is thrown or sent is a row of it: clients rely on `code`, operators look it
 * up in docs/errors.md, and the wording is the same everywhere. A test keeps docs/errors.md equal to this table.
 */

/** The `type` values of the OpenAI error envelope that we send. */
export type ErrorType =
  | 'invalid_request_error'
  | 'authentication_error'
  | 'permission_error'
  | 'not_found_error'
  | 'conflict_error'
  | 'rate_limit_error'
  | 'server_error';

export interface ErrorRow {
  /** HTTP status that carries the error when no response has begun. */
  readonly status: number;
  readonly type: ErrorType;
  /** Template; `{name}` is replaced by the detail of that name. Says what is wrong and what would pass. */
  readonly message: string;
  /** Whether the same request may pass when sent again later. Becomes `x-should-retry`. */
  readonly retryable: boolean;
}

export const errorTable = {
  invalid_json: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: 'The body is not valid JSON: {reason}. Send one JSON object encoded as UTF-8.',
  },
  invalid_value: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: "'{param}' is not valid: {reason}.",
  },
  unknown_parameter: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: "Unknown parameter: '{param}'.{hint}",
  },
  unsupported_parameter: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: "'{param}' is not supported here: {reason}.",
  },
  unsupported_media_type: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: "Content-Type '{contentType}' is not accepted here. Send application/json.",
  },
  body_too_deep: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: 'The body nests deeper than {limit} levels. Flatten it.',
  },
  body_too_large: {
    status: 413,
    type: 'invalid_request_error',
    retryable: false,
    message: 'The body is larger than the limit of {limitBytes} bytes. Send less, or upload a file and refer to it.',
  },
  bad_request_framing: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: 'The HTTP request is malformed: {reason}.',
  },
  unsupported_transfer_coding: {
    status: 501,
    type: 'invalid_request_error',
    retryable: false,
    message: "Transfer-Encoding '{coding}' is not implemented. Send 'chunked' alone, or a Content-Length.",
  },
  unsupported_expectation: {
    status: 417,
    type: 'invalid_request_error',
    retryable: false,
    message: "Expect '{expectation}' is not supported. Send 'Expect: 100-continue' or no such header.",
  },
  headers_too_large: {
    status: 431,
    type: 'invalid_request_error',
    retryable: false,
    message: 'The request headers are larger than {limitBytes} bytes. Send fewer or shorter headers.',
  },
  request_timeout: {
    status: 408,
    type: 'invalid_request_error',
    retryable: true,
    message: 'The request did not arrive within {limitMs} ms. Send it again, faster.',
  },
  context_length_exceeded: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message:
      "This model's maximum context length is {contextTokens} tokens; the request asks for {requestedTokens} ({promptTokens} in the prompt, {completionTokens} for the answer). Shorten the prompt or lower max_completion_tokens.",
  },
  too_complex: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: '{what} was given up after {limit}. Its body has {size}. {remedy}',
  },
  poisonous_request: {
    status: 422,
    type: 'invalid_request_error',
    retryable: false,
    message:
      '{what} ended or stopped the process that worked on it {claims} times and brought nothing, so it is not tried again. It holds {size}. Send less at once.',
  },
  invalid_api_key: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    message: 'No valid API key: {reason}. Send it as "Authorization: Bearer kmk_…".',
  },
  invalid_session: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    message: "You are not signed in: {reason}. 'kumiki console' gives a new link.",
  },
  credential_revoked: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    message: 'The {credential} of this request was revoked while it ran.',
  },
  invalid_sign_in_link: {
    status: 401,
    type: 'authentication_error',
    retryable: false,
    message: "This sign-in link {reason}. Get a new one with 'kumiki console'.",
  },
  cross_site_request: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    message:
      'A browser sent this request for another site: {reason}. Send it from a page of this origin, or with an API key.',
  },
  permission_denied: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    message: 'This API key may not {action}. {remedy}',
  },
  model_not_found: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    message: "The model '{model}' does not exist or this key may not use it.{hint}",
  },
  not_found: { status: 404, type: 'not_found_error', retryable: false, message: "There is no {what} '{id}'.{hint}" },
  unknown_route: {
    status: 404,
    type: 'not_found_error',
    retryable: false,
    message: 'There is nothing at {method} {path}.{hint}',
  },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    retryable: false,
    message: '{method} is not allowed at {path}. Use {allowed}.{hint}',
  },
  conflict: { status: 409, type: 'conflict_error', retryable: false, message: '{reason}.' },
  rate_limit_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    message: 'Rate limit reached: {limit} {unit} per minute for this key. Try again in {retryAfter}.',
  },
  too_many_concurrent_requests: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    message: 'This key has {limit} requests open, which is its limit. Wait for one to end.',
  },
  quota_exceeded: {
    status: 429,
    type: 'rate_limit_error',
    retryable: false,
    message:
      "The project '{project}' may have {limit} {what} and has {used}; this needs {needed} more. {remedy} 'kumiki limits get' and 'kumiki limits set' show and set what a project may have.",
  },
  queue_full: {
    status: 429,
    type: 'rate_limit_error',
    retryable: true,
    message:
      "Every replica of '{model}' is at its limit ({limit} requests running or waiting). Try again in {retryAfter}.",
  },
  manifest_invalid: { status: 400, type: 'invalid_request_error', retryable: false, message: '{reason}' },
  unknown_secret: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message:
      "There is no secret '{secret}' here. The operator of this machine can register it with 'kumiki secret set {secret}'.",
  },
  egress_denied: {
    status: 403,
    type: 'permission_error',
    retryable: false,
    message:
      "'{host}' may not be reached from here: {reason}. The operator of this machine can allow it with 'kumiki egress allow {host}'.",
  },
  insufficient_memory: {
    status: 400,
    type: 'invalid_request_error',
    retryable: false,
    message: "'{model}' needs {neededMiB} MiB and {availableMiB} MiB are free. {remedy}",
  },
  no_replica_available: {
    status: 503,
    type: 'server_error',
    retryable: true,
    message: "No replica of '{model}' is ready: {reason}. Try again in {retryAfter}.",
  },
  service_unavailable: { status: 503, type: 'server_error', retryable: true, message: '{reason}.' },
  overloaded: {
    status: 503,
    type: 'server_error',
    retryable: true,
    message: '{what} is at its limit of {limit}. Try again in {retryAfter}.',
  },
  upstream_timeout: {
    status: 504,
    type: 'server_error',
    retryable: true,
    message: '{server} did not {what} within {limitMs} ms.',
  },
  upstream_error: { status: 502, type: 'server_error', retryable: true, message: 'The model server failed: {reason}.' },
  stream_interrupted: {
    status: 502,
    type: 'server_error',
    retryable: true,
    message: 'The answer was cut short and could not be continued: {reason}.',
  },
  engine_failed: { status: 500, type: 'server_error', retryable: true, message: 'The engine failed: {reason}.' },
  draining: {
    status: 503,
    type: 'server_error',
    retryable: true,
    message: 'This server is shutting down. Try again; another one will answer.',
  },
  internal_error: {
    status: 500,
    type: 'server_error',
    retryable: true,
    message: 'Something went wrong on our side. The request id names it in the log.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export type ErrorDetails = Readonly<Record<string, string | number>>;

/**
 * Fills a row's template. A missing detail becomes an empty string, never `undefined`. A detail that ends with a full
 * stop is not followed by the template's own.
 */
export function errorMessage(code: ErrorCode, details: ErrorDetails = {}): string {
  return errorTable[code].message.replace(/\{(\w+)\}(\.?)/g, (_, name: string, end: string) => {
    const detail = String(details[name] ?? '');
    return detail.endsWith('.') ? detail : detail + end;
  });
}

export interface KumikiErrorOptions {
  readonly param?: string | null;
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** V8's limit on the frames of a stack; other engines have none and ignore it. */
const stacks: ErrorConstructor & { stackTraceLimit?: number | undefined } = Error;

/**
 * A refusal or failure that has a row in the table. Everything that we throw on purpose is one of these. It has no
 * stack of its own, except `internal_error`; its cause keeps the one that it has.
 */
export class KumikiError extends Error {
  readonly code: ErrorCode;
  readonly param: string | null;
  /** How long a client should wait before it tries again, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options: KumikiErrorOptions = {}) {
    const message = errorMessage(code, details);
    // A refusal is an expected outcome: walking the stack for it would be a large part of what refusing costs.
    const { stackTraceLimit } = stacks;
    if (code !== 'internal_error') stacks.stackTraceLimit = 0;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    stacks.stackTraceLimit = stackTraceLimit;
    this.name = 'KumikiError';
    this.code = code;
    this.param = options.param ?? (typeof details['param'] === 'string' ? details['param'] : null);
    this.retryAfterMs = options.retryAfterMs;
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}

/** The body of every error reply, as the OpenAI SDKs read it: all four keys always present. */
export interface ErrorEnvelope {
  readonly error: {
    readonly message: string;
    readonly type: ErrorType;
    readonly param: string | null;
    readonly code: ErrorCode;
  };
}

export function errorEnvelope(error: KumikiError): ErrorEnvelope {
  return { error: { message: error.message, type: errorTable[error.code].type, param: error.param, code: error.code } };
}

/** Any thrown value as a KumikiError: rows pass through, everything else becomes `internal_error` with its cause. */
export function toKumikiError(thrown: unknown): KumikiError {
  return thrown instanceof KumikiError ? thrown : new KumikiError('internal_error', {}, { cause: thrown });
}
