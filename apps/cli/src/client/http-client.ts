import type { MissingGateway } from '@kumiki/api';
import { CliError } from '../host/cli-error.ts';
import { printNote } from '../terminal/print.ts';
import { printable } from '../terminal/printable.ts';
import type { Connection } from './connect.ts';

/** Limit of a control operation. Operations do not wait for models to load. */
const callTimeoutMs = 60_000;

export interface CallOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A refusal of the product, with the code of its row in the table of errors; null where something else answered. */
export class RefusedError extends CliError {
  readonly code: string | null;

  constructor(message: string, code: string | null) {
    super(message);
    this.code = code;
  }
}

/** Calls the product and returns its reply. Throws RefusedError with the server's own sentence when it refuses. */
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
  throw refusal(response.status, await response.text());
}

/** Calls and reads the reply as JSON. Missing gateways are reported beside the result. */
export async function callJson<Result>(
  connection: Connection,
  path: string,
  options: Omit<CallOptions, 'signal'> = {},
): Promise<Result> {
  const response = await call(connection, path, { ...options, signal: AbortSignal.timeout(callTimeoutMs) });
  const reply = (await response.json()) as Result;
  warnAboutMissing(reply);
  return reply;
}

function warnAboutMissing(reply: unknown): void {
  const { missing_gateways: missing = [] } = (reply ?? {}) as { missing_gateways?: readonly MissingGateway[] };
  for (const { gateway, reason } of missing) {
    printNote(printable(`Not all is here: the gateway '${gateway}' did not say what it knows (${reason}).`));
  }
}

/** The message of an error envelope, or another description of the reply. */
function refusal(status: number, text: string): RefusedError {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } };
    const code = typeof error?.code === 'string' ? error.code : null;
    if (typeof error?.message === 'string') return new RefusedError(error.message, code);
  } catch {
    // A proxy in between answered instead of the product.
  }
  return new RefusedError(`The server answered ${status}: ${text.slice(0, 200)}`, null);
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? (error as Error).message;
}
