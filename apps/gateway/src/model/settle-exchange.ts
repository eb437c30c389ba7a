import type { Log } from '@kumiki/service';
import { estimatePrompt } from './estimate-tokens.ts';
import type { Exchange } from './exchange.ts';

/** The most that a refused prompt costs, as a share of its key's tokens per minute. */
const maxRefusedShare = 1 / 4;

/** Settles the key's limits, counts, and writes the one log line of the request. */
export function settleExchange(exchange: Exchange, log: Log): void {
  const { request, progress, metrics, record } = exchange;
  const { promptTokens, completionTokens, eventsSent, firstTokenAt } = progress;
  exchange.admission.settle(tokensUsed(exchange));
  const durationMs = performance.now() - request.startedAt;
  metrics.duration.observe(durationMs / 1_000);
  if (promptTokens !== null) metrics.promptTokens.inc(promptTokens);
  if (completionTokens !== null) metrics.completionTokens.inc(completionTokens);
  record.prompt_tokens = promptTokens;
  record.completion_tokens = completionTokens ?? (eventsSent > 0 ? eventsSent : null);
  log.info({
    requestId: request.id,
    key_id: request.key.id,
    project: request.key.project,
    path: request.path,
    model: request.route.route.model,
    replica: progress.replica?.endpoint.id,
    status: statusOf(exchange),
    durationMs: Math.round(durationMs),
    ttftMs: firstTokenAt === 0 ? undefined : Math.round(firstTokenAt - request.startedAt),
    promptTokens,
    completionTokens,
    attempts: progress.attempts,
    continuations: progress.continuations,
  });
}

/**
 * Tokens that count against the key's limit; null when they are unknown, which keeps the reservation. Requests that
 * were refused as poison or took too long keep it too, since they cost more than any answer. A request that a worker
 * refused costs its estimated prompt, since the worker tokenized it, but at most a share of the limit: one bad request
 * must not lock its key. A request that fails through our fault before its first token costs nothing.
 */
function tokensUsed({ request, progress, response }: Exchange): number | null {
  const { scanned, key } = request;
  const { promptTokens, completionTokens, eventsSent, clientLeft, charge } = progress;
  if (promptTokens !== null) return promptTokens + (completionTokens ?? 0);
  if (charge === 'reserved') return null;
  if (charge === 'prompt') {
    return Math.min(estimatePrompt(scanned), Math.ceil((key.limits.tokens_per_minute ?? 0) * maxRefusedShare));
  }
  if (eventsSent > 0 || (scanned.stream && clientLeft)) return estimatePrompt(scanned) + eventsSent;
  return clientLeft || (!scanned.stream && response.statusCode === 200) ? null : 0;
}

/** 499, as in nginx, for a client that left. */
function statusOf({ revocation, progress, response }: Exchange): number {
  return revocation.error()?.status ?? (progress.clientLeft ? 499 : response.statusCode);
}
