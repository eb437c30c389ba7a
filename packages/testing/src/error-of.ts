import assert from 'node:assert/strict';

export interface ErrorEnvelope {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly type: string;
}

/** The error of a refusal; asserts that its envelope has all members. */
export function errorOf({ body }: { readonly body: unknown }): ErrorEnvelope {
  const { error } = body as { error: ErrorEnvelope };
  assert.deepEqual(Object.keys(error).toSorted(), ['code', 'message', 'param', 'type']);
  return error;
}
