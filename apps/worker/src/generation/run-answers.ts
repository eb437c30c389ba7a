import type { Timings } from '@kumiki/api';
import { createAnswer, type Answer, type AnswerDelta, type FinishReason } from '../answer/answer.ts';
import type { TokenTexts } from '../answer/token-decoder.ts';
import type { Engine } from '../engine/engine.ts';
import type { Ticket } from './admission.ts';
import type { AnswerPlan, ChoicePlan } from './answer-plan.ts';
import { untilAborted } from './until-aborted.ts';

/** Receives the parts of the answers. Parts of several choices come in any order; those of one choice come in order. */
export interface AnswerSink {
  /** @param tokenIds all tokens of the choice since the last call for it; the receiver's to keep. */
  delta(choice: number, delta: AnswerDelta, tokenIds: readonly number[]): void;
  finish(choice: number, reason: FinishReason, delta: AnswerDelta | null, tokenIds: readonly number[]): void;
  /** Resolves when the reader has room again; null when it has room. */
  room(): Promise<void> | null;
  /** A part that the client already has from the worker whose answer is continued. */
  replay(choice: number, delta: AnswerDelta): void;
}

/** Measures running answers. Called for every token, so it only adds numbers. */
export interface AnswerMeter {
  /** The choice's turn came. */
  started(choice: number): void;
  prefilled(choice: number, promptTokens: number, cachedTokens: number): void;
  token(choice: number): void;
  finished(choice: number, reason: FinishReason | 'abort' | 'error', tokens: number): void;
  /** The times of the request so far; with several choices, up to the last of them. */
  timings(): Timings;
}

export interface AnswerRun {
  readonly engine: Engine;
  readonly texts: TokenTexts;
  readonly plan: AnswerPlan;
  readonly tenant: string;
  /** One per choice that is not finished. */
  readonly tickets: readonly Ticket[];
  readonly sink: AnswerSink;
  readonly meter: AnswerMeter;
  readonly signal: AbortSignal;
}

export interface AnswerTotals {
  readonly completionTokens: number;
  readonly cachedTokens: number;
}

/**
 * Runs all choices of a request to their end. Rejects when the engine fails or the signal aborts, after all choices
 * have stopped.
 */
export async function runAnswers(run: AnswerRun): Promise<AnswerTotals> {
  const failure = new AbortController();
  const signal = AbortSignal.any([run.signal, failure.signal]);
  let cachedTokens = 0;
  let place = 0;
  const work = run.plan.choices.map(async (choice) => {
    // The client has all of it; only its tokens are counted.
    if (choice.finished) return choice.resume.length;
    const ticket = run.tickets[place++];
    try {
      if (ticket?.turn) await untilAborted(ticket.turn, signal);
      return await runChoice(run, choice, signal, (cached) => {
        cachedTokens = Math.max(cachedTokens, cached);
      });
    } catch (error) {
      failure.abort(error);
      throw error;
    } finally {
      ticket?.release();
    }
  });
  const results = await Promise.allSettled(work);
  let completionTokens = 0;
  for (const result of results) {
    if (result.status === 'rejected') throw run.signal.aborted ? run.signal.reason : failure.signal.reason;
    completionTokens += result.value;
  }
  return { completionTokens, cachedTokens };
}

/** Runs one choice. Returns how many tokens it has. */
async function runChoice(
  run: AnswerRun,
  choice: ChoicePlan,
  signal: AbortSignal,
  onCached: (tokens: number) => void,
): Promise<number> {
  const { plan, meter, sink } = run;
  const answer = createAnswer({ ...plan, texts: run.texts, logprobs: plan.topLogprobs !== null });
  meter.started(choice.index);
  try {
    replay(answer, choice, sink);
    const ending = answer.finishReason === null ? await sample(run, choice, answer, signal, onCached) : noEnding;
    const reason = answer.finishReason ?? 'stop';
    meter.finished(choice.index, reason, answer.tokens);
    sink.finish(choice.index, reason, ending.delta, ending.tokenIds);
    return answer.tokens;
  } catch (error) {
    meter.finished(choice.index, signal.aborted ? 'abort' : 'error', answer.tokens);
    throw error;
  }
}

interface Ending {
  readonly delta: AnswerDelta | null;
  readonly tokenIds: readonly number[];
}

const noEnding: Ending = { delta: null, tokenIds: [] };

/** Brings the answer to the state that the other worker left. */
function replay(answer: Answer, choice: ChoicePlan, sink: AnswerSink): void {
  for (const token of choice.resume) {
    if (answer.finishReason !== null) break;
    const delta = answer.push({ token, logprob: null, top: [] });
    if (delta !== null) sink.replay(choice.index, delta);
  }
}

async function sample(
  run: AnswerRun,
  choice: ChoicePlan,
  answer: Answer,
  signal: AbortSignal,
  onCached: (tokens: number) => void,
): Promise<Ending> {
  const { plan, meter, sink } = run;
  const tokens = run.engine.generate({
    tenant: run.tenant,
    prompt: choice.prompt,
    resume: choice.resume,
    maxTokens: plan.maxTokens,
    sampling: { ...plan.sampling, seed: choice.seed },
    grammar: plan.grammar,
    topLogprobs: plan.topLogprobs,
    signal,
    onPrefill(cachedTokens) {
      onCached(cachedTokens);
      meter.prefilled(choice.index, choice.prompt.length, cachedTokens);
    },
  });
  let tokenIds: number[] = [];
  try {
    for (;;) {
      const { done, value } = await tokens.next();
      if (done === true) {
        if (value === 'aborted') throw signal.reason;
        return { delta: answer.end(value), tokenIds };
      }
      meter.token(choice.index);
      tokenIds.push(value.token);
      const delta = answer.push(value);
      if (delta !== null) {
        sink.delta(choice.index, delta, tokenIds);
        tokenIds = [];
      }
      if (answer.finishReason !== null) return { delta: null, tokenIds };
      const room = sink.room();
      if (room !== null) await untilAborted(room, signal);
    }
  } finally {
    // Frees the sequence before the next answer starts.
    await tokens.return('aborted');
  }
}
