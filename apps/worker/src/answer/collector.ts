import type { AnswerDelta, FinishReason } from './answer.ts';
import type { AnswerUsage } from './frames.ts';

/** Assembles the complete answer for a reply that is not streamed. */
export interface Collector {
  delta(choice: number, delta: AnswerDelta): void;
  finish(choice: number, reason: FinishReason): void;
  body(usage: AnswerUsage): unknown;
}
