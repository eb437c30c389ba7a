import { headers, KumikiError } from '@kumiki/api';
import { continuationMode } from '@kumiki/policy';
import { answerFacts, isWhole } from './answer-facts.ts';
import { createClientStream } from './client-stream.ts';
import { cutExchange, failExchange, refuseExchange } from './end-exchange.ts';
import type { Exchange } from './exchange.ts';
import { poisonousRequest } from './final-errors.ts';
import type { Accepts, Place } from './pick-endpoint.ts';
import type { Recorded } from './recording.ts';
import { requireAnotherAttempt } from './require-another-attempt.ts';
import { seedRecording } from './resume-answer.ts';
import { recordingOf, type Run, type RunOptions } from './run.ts';
import { answerHeaders } from './send-reply.ts';
import { createTokenLedger, headSent, resumed, revisionToName } from './token-ledger.ts';
import { tryPlace, type Tried } from './try-place.ts';

const anyEndpoint: readonly Accepts[] = [() => true];

/**
 * Runs one request to its end: attempt after attempt until the answer is complete, refused, given up, or no longer
 * wanted. The client sees one reply. Never rejects.
 * @param reservedCompletion completion tokens that were reserved of the key's limit.
 */
export async function runExchange(options: RunOptions, exchange: Exchange, reservedCompletion: number): Promise<void> {
  const { request, progress, response } = exchange;
  const run: Run = {
    options,
    exchange,
    client: createClientStream({
      response,
      wheel: options.wheel,
      // Only an event stream can be kept open by comments.
      keepOpen: request.scanned.stream,
      onFull: () => run.attempt?.pause(),
      onDrained: () => run.attempt?.resume(),
      headers: () => streamHeaders(run),
    }),
    attempt: null,
    recording: null,
    ledger: createTokenLedger(request.showTokens, reservedCompletion),
  };
  response.once('close', () => {
    progress.clientLeft ||= !response.writableFinished;
    if (progress.clientLeft) run.attempt?.abort();
  });
  exchange.revocation.handle((error) => cutExchange(run, error));
  try {
    takeResumed(run);
    await attemptUntilEnd(run);
  } catch (thrown) {
    if (!(thrown instanceof KumikiError)) options.log.error({ requestId: request.id, err: thrown }, 'exchange failed');
    failExchange(
      run,
      thrown instanceof KumikiError ? thrown : new KumikiError('internal_error', {}, { cause: thrown }),
    );
  } finally {
    run.client.release();
  }
}

function streamHeaders(run: Run): Record<string, string | number> {
  const result = answerHeaders(run.exchange);
  const revision = revisionToName(run.ledger);
  run.ledger = headSent(run.ledger);
  return revision === null ? result : { ...result, [headers.revision]: revision };
}

/** Counts the events that a service already has as sent. */
function takeResumed(run: Run): void {
  const { request, progress } = run.exchange;
  if (request.resume === null) return;
  const { events, usage } = seedRecording(recordingOf(run), request.resume);
  if (events === 0) return;
  run.ledger = resumed(run.ledger, request.resume.revision);
  progress.eventsSent = events;
  progress.firstTokenAt = request.startedAt;
  progress.promptTokens = usage?.prompt_tokens ?? null;
  progress.completionTokens = usage?.completion_tokens ?? null;
}

async function attemptUntilEnd(run: Run): Promise<void> {
  const { exchange } = run;
  for (;;) {
    const begun = exchange.progress.eventsSent > 0 ? recordingOf(run).read() : null;
    if (begun !== null && isWhole(exchange, begun)) return run.client.finish();
    const place = await nextPlace(run, begun);
    let tried: Tried | null;
    try {
      tried = await tryPlace(run, place, begun);
    } finally {
      place.leave();
    }
    if (tried === null) return;
    const { outcome, verdict } = tried;
    if (outcome.kind === 'done' || outcome.kind === 'client_left') return;
    if (outcome.kind === 'refused') return refuseExchange(run, outcome);
    if (verdict?.kind === 'refuse') throw poisonousRequest(run, verdict.claims);
    if (outcome.stale === true && verdict === null) {
      exchange.record.retries++;
      continue;
    }
    requireAnotherAttempt(run, outcome);
  }
}

/** The place for the next attempt, which starts from the beginning or from where the last one stopped. */
function nextPlace({ exchange, options, client, ledger }: Run, begun: Recorded | null): Promise<Place> {
  if (begun === null) return options.picker.pick(exchange, client.begun(), anyEndpoint);
  const { closed } = exchange.progress;
  const facts = answerFacts(exchange, begun, ledger.revision);
  return options.picker.pick(exchange, true, [
    ({ endpoint }) => !closed.has(endpoint.id) && continuationMode(endpoint, facts) === 'token_ids',
    ({ endpoint }) => !closed.has(endpoint.id) && continuationMode(endpoint, facts) !== null,
  ]);
}
