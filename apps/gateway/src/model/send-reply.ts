import { errorTable, headers, type ErrorType } from '@kumiki/api';
import { refusalCode, usageOf, type UpstreamErrorBody, type Usage } from '@kumiki/openai';
import { endWith } from '../http/end-with.ts';
import type { Exchange } from './exchange.ts';

const errorTypes: ReadonlySet<string> = new Set(Object.values(errorTable).map((row) => row.type));

/** Headers that say how a request was served, on every answer of a model. */
export function answerHeaders({ request, progress, admission }: Exchange): Record<string, string | number> {
  const result: Record<string, string | number> = {
    [headers.processingMs]: Math.round(performance.now() - request.startedAt),
    [headers.attempts]: progress.attempts,
  };
  if (progress.replica !== null) result[headers.replica] = progress.replica.endpoint.id;
  admission.addHeaders(result);
  return result;
}

/** Prompt tokens that a prefix cache saved; null when the server does not report them. */
function cachedTokens(usage: Usage): number | null {
  const count = usage.prompt_tokens_details?.['cached_tokens'];
  return typeof count === 'number' && Number.isInteger(count) && count >= 0 ? count : null;
}

export function noteUsage({ progress, record }: Exchange, usage: Usage): void {
  progress.promptTokens = usage.prompt_tokens;
  progress.completionTokens = usage.completion_tokens;
  record.cached_tokens = cachedTokens(usage);
}

/** Sends a complete reply, as the model server gave it. */
export function sendReply(exchange: Exchange, body: Buffer, contentType: string): void {
  const { response } = exchange;
  const usage = usageOf(body);
  if (usage !== null) noteUsage(exchange, usage);
  if (response.destroyed) return;
  const headers = answerHeaders(exchange);
  headers['content-type'] = contentType || 'application/json';
  headers['content-length'] = body.length;
  response.writeHead(200, headers);
  endWith(response, body);
}

/** Sends a refusal of the request by the model server in our envelope, whatever the form of its own. */
export function sendRefusal(exchange: Exchange, status: number, refused: UpstreamErrorBody): void {
  const { response } = exchange;
  if (response.destroyed || response.headersSent) return;
  const type: ErrorType =
    refused.type !== null && errorTypes.has(refused.type) ? (refused.type as ErrorType) : 'invalid_request_error';
  const code = refusalCode(status, refused);
  // An unknown code is text from the server, which is not recorded.
  if (Object.hasOwn(errorTable, code)) exchange.record.error_code = code;
  const { message, param } = refused;
  const body = Buffer.from(JSON.stringify({ error: { message, type, param, code } }));
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.length,
    [headers.shouldRetry]: 'false',
    ...answerHeaders(exchange),
  });
  response.end(body);
}
