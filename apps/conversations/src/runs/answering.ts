import type { GatewayClient, Log } from '@kumiki/service';
import type { AnswerMachine } from '../answer/answer-machine.ts';
import type { Item, ResponseErrorCode } from '../answer/response-object.ts';
import { rebuildMachine } from './rebuild.ts';
import type { RunWriter } from './run-writer.ts';
import type { Journal, Prepared, RunRecord } from './run.ts';

/** How a driver is told to stop: `cancel` ends the run, `release` leaves it to another replica, `lost` has one already. */
export type StopReason = 'cancel' | 'release' | 'lost';

export interface DriveOptions {
  readonly run: RunRecord;
  /** Frames that are stored already; empty for a fresh run. */
  readonly frames: string;
  readonly journal: Journal;
  readonly gateway: GatewayClient;
  readonly log: Log;
  /** What the conversation or the chain of responses holds. */
  readonly loadContext: () => Promise<readonly Item[]>;
  /** Aborted with a {@link StopReason}. */
  readonly stop: AbortSignal;
  /** Whether a run that no model has room for is to give its driver back instead of waiting. */
  readonly mayPark: boolean;
  /** Called when the model has taken the request. */
  readonly onBegun: () => void;
  /** Whether a refusal before that may still be given to the client instead of a failed response. */
  readonly mayRefuse: () => boolean;
  readonly flushMs?: number;
}

/** An answer that is being produced: what is known of it so far. */
export interface Answering {
  readonly options: DriveOptions;
  readonly writer: RunWriter;
  machine: AnswerMachine;
  prepared: Prepared | null;
  revision: string | null;
  /** All frames of the answer so far. */
  frames: string;
  /** Whether a model has taken the request. */
  begun: boolean;
}

/** The answer cannot be had. Says how the response is to tell it. */
export class RunFailure extends Error {
  readonly code: ResponseErrorCode;

  constructor(code: ResponseErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No model has room, and others may need this driver. */
export class Parked extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super('no model has room for the run');
    this.afterMs = afterMs;
  }
}

/** Throws when nothing more may be asked or waited for. */
export function requireGoing({ options, writer }: Answering): void {
  options.stop.throwIfAborted();
  if (writer.state() !== 'open') throw new Error('the run has another driver');
}

/** Goes back to exactly what is stored and what this driver has read. */
export async function rewind(answering: Answering): Promise<void> {
  answering.machine = await rebuildMachine(answering.options.run, answering.prepared, answering.frames);
  await answering.writer.restart(answering.machine);
}
