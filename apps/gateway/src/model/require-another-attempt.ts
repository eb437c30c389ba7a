import { KumikiError } from '@kumiki/api';
import { closesEndpoint, judge } from '@kumiki/policy';
import { finalError, queueFull } from './final-errors.ts';
import type { Outcome } from './outcome.ts';
import { recordingOf, type Run } from './run.ts';

type Failed = Extract<Outcome, { kind: 'failed' }>;

/** Counts a failed attempt. Returns when another one is to be made, throws the error that ends the exchange when not. */
export function requireAnotherAttempt(run: Run, { failure, detail, inner = detail }: Failed): void {
  const { exchange, options } = run;
  const { progress, record, metrics } = exchange;
  const id = progress.replica?.endpoint.id ?? '';
  const begun = progress.eventsSent > 0;
  progress.failed.add(id);
  if (closesEndpoint(failure)) {
    progress.closed.add(id);
    const open = options.picker.endpointsOf(exchange).some(({ endpoint }) => !progress.closed.has(endpoint.id));
    if (!open) throw finalError(run, failure, detail);
  }
  if (failure === 'busy') {
    progress.busy++;
    const endpoints = options.picker.endpointsOf(exchange);
    if (!begun && progress.busy >= endpoints.length) throw queueFull(exchange, endpoints, detail);
  } else {
    progress.attemptsWithoutProgress++;
  }
  if (failure === 'diverged') progress.divergences++;
  const verdict = judge(failure, {
    attempts: progress.attempts,
    attemptsWithoutProgress: progress.attemptsWithoutProgress,
    divergences: progress.divergences,
    begun,
    obstacle: begun && recordingOf(run).read() === null ? 'more was sent than is kept for continuing it' : null,
  });
  const told = { requestId: exchange.request.id, endpoint: id, failure, reason: inner, next: verdict.kind };
  options.log.info(told, 'attempt failed');
  if (verdict.kind === 'give_up') {
    const reason = `${detail}; ${verdict.reason}`;
    throw verdict.forGood ? new KumikiError('stream_interrupted', { reason }) : finalError(run, failure, reason);
  }
  if (verdict.kind === 'again') {
    record.retries++;
    metrics.retries.inc();
    return;
  }
  record.continuations++;
  progress.continuations++;
  metrics.continuations.inc();
}
