/** A refusal or failure in the product's words, or a substitute when nothing answered. */
export class ApiError extends Error {
  /** From the product's table of errors, or `unreachable`. */
  readonly code: string;
  /** HTTP status; 0 when nothing answered. */
  readonly status: number;
  readonly param: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(message: string, facts: Partial<Omit<ApiError, 'message' | 'name'>> & { readonly code: string }) {
    super(message);
    this.name = 'ApiError';
    this.code = facts.code;
    this.status = facts.status ?? 0;
    this.param = facts.param ?? null;
    this.requestId = facts.requestId ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
  }
}

/** Reads a reply that is an error. Never throws. */
export async function readApiError(response: Response): Promise<ApiError> {
  const requestId = response.headers.get('x-request-id');
  const retryAfter = Number(response.headers.get('retry-after-ms') ?? 'NaN');
  const facts = {
    status: response.status,
    requestId,
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter : null,
  };
  try {
    const { error } = (await response.json()) as { error?: Record<string, unknown> };
    const text = (name: string): string | null => {
      const value = error?.[name];
      return typeof value === 'string' ? value : null;
    };
    return new ApiError(text('message') ?? response.statusText, {
      ...facts,
      code: text('code') ?? text('type') ?? 'unknown_error',
      param: text('param'),
    });
  } catch {
    return new ApiError(`HTTP ${response.status}`, { ...facts, code: 'unknown_error' });
  }
}

/** Whatever was thrown, as an ApiError. An abort stays what it is. */
export function toApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ApiError(message, { code: 'unreachable' });
}
