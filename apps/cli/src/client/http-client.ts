import { CliError } from '../host/cli-error.ts';
import type { Connection } from './connect.ts';

/** A control operation that takes longer has failed. Loading models is not waited for in one. */
const callTimeoutMs = 60_000;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Calls the product and returns its reply. Throws CliError with the server's own sentence when it refuses. */
export async function call(connection: Connection, path: string, options: CallOptions = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${connection.url}${path}`, {
      method: options.method ?? 'GET',
      headers: {
        authorization: `Bearer ${connection.apiKey}`,
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
  } catch (error) {
    if (options.signal?.aborted === true && isAbort(error)) throw error;
    throw new CliError(`Nothing answers at ${connection.url} (${causeOf(error)}). Is it running there?`);
  }
  if (response.ok) return response;
  throw new CliError(refusal(response.status, await response.text()));
}

/** Calls and reads the reply as JSON. */
export async function callJson<Result>(
  connection: Connection,
  path: string,
  options: Omit<CallOptions, 'signal'> = {},
): Promise<Result> {
  const response = await call(connection, path, { ...options, signal: AbortSignal.timeout(callTimeoutMs) });
  return (await response.json()) as Result;
}

/** The message of an error envelope, or what there is instead of one. */
function refusal(status: number, text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') return error.message;
  } catch {
    // Something between us and the product answered in its own words.
  }
  return `The server answered ${status}: ${text.slice(0, 200)}`;
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
