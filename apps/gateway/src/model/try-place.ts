import { tokensForgottenFrame } from '@kumiki/api';
import type { PoisonVerdict } from '@kumiki/policy';
import type { EndpointState } from '../routing/endpoint-state.ts';
import { answerFacts } from './answer-facts.ts';
import { startAttempt } from './attempt.ts';
import { openClaim, type Claim } from './claim.ts';
import { learn } from './learn.ts';
import type { Outcome } from './outcome.ts';
import { answersOf, type Place } from './pick-endpoint.ts';
import { planContinuation, planFresh, type AttemptPlan } from './plan-attempt.ts';
import type { Recorded } from './recording.ts';
import { createFrameRelay } from './relay-frames.ts';
import { recordingOf, type Run } from './run.ts';
import { noteUsage, sendReply } from './send-reply.ts';
import { continued, covering, noticeIsDue, noticeSent, started } from './token-ledger.ts';
import { watchAttempt, type AttemptWatch } from './watch-attempt.ts';

const tokensForgotten = Buffer.from(tokensForgottenFrame);

export interface Tried {
  readonly outcome: Outcome;
  /** The verdict on the request when the endpoint was lost; null when it was not. */
  readonly verdict: PoisonVerdict | null;
}

/**
 * Makes one attempt at one endpoint and notes what it shows about that endpoint. Null when the client has left.
 * @param begun the part of the answer that the client has; null for an attempt from the beginning.
 */
export async function tryPlace(run: Run, { state }: Place, begun: Recorded | null): Promise<Tried | null> {
  const { exchange, options, client } = run;
  const { request, progress } = exchange;
  const sentBefore = progress.eventsSent;
  if (progress.clientLeft) return null;
  const plan = planAttempt(run, state, begun);
  progress.attempts++;
  progress.replica = state;
  const watch = watchAttempt(options, exchange, state);
  const claim = openClaim(state, progress, {
    places: answersOf(request),
    begun: sentBefore > 0,
    now: () => performance.now(),
  });
  run.attempt = startAttempt({
    exchange,
    state,
    upstream: options.upstreamFor(state.endpoint),
    wheel: options.wheel,
    body: plan.body,
    tokenIds: plan.tokenIds,
    openRelay: () =>
      createFrameRelay({
        client,
        recording: recordingOf(run),
        hideUsage: !request.scanned.includeUsage,
        rewrite: plan.rewrite,
        showTokens: request.showTokens,
        takeNotice: () => takeNotice(run),
        onUsage: (usage) => noteUsage(exchange, usage),
        onTimings: watch.timings,
        onEvent: () => countEvent(run, watch, claim),
      }),
    clientFull: client.isFull,
    onHead: claim.prepared,
    onBody: watch.body,
    onReply: (body, contentType) => sendReply(exchange, body, contentType),
  });
  const outcome = await run.attempt.outcome;
  run.attempt = null;
  const verdict = claim.end(outcome);
  watch.end(outcome);
  learn(state, outcome, options.metrics, options.log);
  if (progress.eventsSent > sentBefore) {
    progress.attemptsWithoutProgress = 0;
    progress.failed.clear();
  }
  return { outcome, verdict };
}

function planAttempt(run: Run, state: EndpointState, begun: Recorded | null): AttemptPlan {
  const { exchange, client, ledger } = run;
  if (begun === null) {
    const plan = planFresh(exchange.request, state);
    run.ledger = started(ledger, plan.tokenIds ? state.endpoint.revision : null, client.begun());
    return plan;
  }
  const plan = planContinuation(exchange.request, state, begun, answerFacts(exchange, begun, ledger.revision));
  // The rest is continued from text: token ids of the new server would not line up with those of the old one.
  if (!plan.tokenIds) recordingOf(run).forgetTokens();
  run.ledger = continued(ledger, plan.tokenIds ? 'token_ids' : 'text');
  return plan;
}

/** The comment that the reader gets before its next event; nearly always null, for none. */
function takeNotice(run: Run): Uint8Array | null {
  if (!noticeIsDue(run.ledger)) return null;
  run.ledger = noticeSent(run.ledger);
  return tokensForgotten;
}

function countEvent(run: Run, watch: AttemptWatch, claim: Claim): void {
  const { request, progress, metrics, admission } = run.exchange;
  if (progress.eventsSent++ === 0) {
    progress.firstTokenAt = performance.now();
    metrics.timeToFirstToken.observe((progress.firstTokenAt - request.startedAt) / 1_000);
  }
  if (!watch.begun()) {
    watch.first();
    claim.proven();
  }
  const { covered } = run.ledger;
  if (progress.eventsSent <= covered) return;
  run.ledger = covering(run.ledger, progress.eventsSent);
  admission.extend(run.ledger.covered - covered);
}
