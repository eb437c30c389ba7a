import { formatTimings, headers, timingsCommentPrefix, toKumikiError } from '@kumiki/api';
import type { Collector } from '../answer/collector.ts';
import { doneFrame, type AnswerUsage, type Frames } from '../answer/frames.ts';
import type { Ticket } from '../generation/admission.ts';
import type { AnswerPlan } from '../generation/answer-plan.ts';
import { runAnswers, type AnswerMeter, type AnswerSink, type AnswerTotals } from '../generation/run-answers.ts';
import { errorFrame, replyJson } from './error-reply.ts';
import { createEventStream, type EventStream } from './event-stream.ts';
import { ClientLeft, type Exchange } from './exchange.ts';
import type { Serving } from './serving.ts';
import { takeTickets } from './take-tickets.ts';

export interface AnswerReply {
  readonly plan: AnswerPlan;
  /** The wire format of the answer. */
  readonly frames: Frames;
  readonly collector: Collector;
  readonly stream: boolean;
  readonly usageAsked: boolean;
}

/**
 * A stream's head waits this long for the first token, so that an engine that refuses at once can still send its own
 * status. No client notices the delay.
 */
const headDelayMs = 20;

/** Runs the answers of a request and replies. Throws KumikiError when it is refused before the reply begins. */
export async function replyAnswers(serving: Serving, exchange: Exchange, reply: AnswerReply): Promise<void> {
  const tickets = takeTickets(serving, exchange, reply.plan.choices.filter((choice) => !choice.finished).length);
  if (reply.stream) return streamAnswers(serving, exchange, reply, tickets);
  const { collector } = reply;
  const meter = serving.metrics.meter(exchange.arrivedAt);
  const totals = await run(serving, exchange, reply.plan, tickets, meter, {
    delta: (choice, delta) => collector.delta(choice, delta),
    finish(choice, reason, delta) {
      if (delta !== null) collector.delta(choice, delta);
      collector.finish(choice, reason);
    },
    replay: (choice, delta) => collector.delta(choice, delta),
    room: () => null,
  });
  replyJson(exchange.response, 200, collector.body(usageOf(reply.plan, totals)), {
    [headers.timings]: formatTimings(meter.timings()),
  });
}

function run(
  serving: Serving,
  exchange: Exchange,
  plan: AnswerPlan,
  tickets: readonly Ticket[],
  meter: AnswerMeter,
  sink: AnswerSink,
): Promise<AnswerTotals> {
  const { engine, texts } = serving;
  const { tenant, signal } = exchange;
  return runAnswers({ engine, texts, plan, tenant, tickets, sink, meter, signal });
}

async function streamAnswers(
  serving: Serving,
  exchange: Exchange,
  reply: AnswerReply,
  tickets: readonly Ticket[],
): Promise<void> {
  const stream = createEventStream(exchange.request, exchange.response);
  const head = setTimeout(() => stream.open(), headDelayMs);
  serving.heartbeat.add(stream);
  try {
    const forGateway = exchange.request.headers[headers.tokenIds] === '1';
    const sink = createStreamSink(stream, reply, forGateway, serving);
    const meter = serving.metrics.meter(exchange.arrivedAt);
    const totals = await run(serving, exchange, reply.plan, tickets, meter, sink);
    const usage = reply.usageAsked ? reply.frames.usage(usageOf(reply.plan, totals)) : '';
    const timings = forGateway ? `${timingsCommentPrefix}${formatTimings(meter.timings())}\n` : '';
    stream.write(usage + timings + doneFrame);
    stream.end();
  } catch (error) {
    if (error instanceof ClientLeft) return;
    if (!stream.opened) throw error;
    const shown = toKumikiError(error);
    serving.log.error({ err: shown.cause ?? shown, code: shown.code }, 'an answer failed in mid-stream');
    stream.write(errorFrame(shown));
    stream.end();
  } finally {
    clearTimeout(head);
    serving.heartbeat.delete(stream);
  }
}

function createStreamSink(
  stream: EventStream,
  reply: AnswerReply,
  tokenIdsAsked: boolean,
  serving: Serving,
): AnswerSink {
  const { frames, plan } = reply;
  // The beginnings of all choices are sent with the first event, so a client that has one of them has all.
  let beginnings = plan.choices.map((choice) => (choice.begun ? '' : frames.begin(choice.index))).join('');

  function write(frame: string): void {
    if (serving.faults !== null) sufferFaults(stream, serving);
    stream.write(beginnings.length === 0 ? frame : beginnings + frame);
    beginnings = '';
  }

  return {
    delta: (choice, delta, tokenIds) => write(frames.delta(choice, delta, tokenIdsAsked ? tokenIds : null)),
    finish: (choice, reason, delta, tokenIds) =>
      write(frames.finish(choice, reason, delta, tokenIdsAsked ? tokenIds : null)),
    // The frame is made and not sent, so that counters over frames (text offsets) continue from there.
    replay: (choice, delta) => void frames.delta(choice, delta, null),
    room: () => stream.room(),
  };
}

function sufferFaults(stream: EventStream, { faults }: Serving): void {
  if (faults?.strikes('cut') === true) stream.destroy();
  if (faults?.strikes('garbage') === true) stream.write('\u0000\ufffd}{ data: {"choices":[{"delta"\n\n');
}

function usageOf(plan: AnswerPlan, totals: AnswerTotals): AnswerUsage {
  return { promptTokens: plan.promptTokens, ...totals };
}
