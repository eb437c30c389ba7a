import type { GatewayClient, Log } from '@kumiki/service';
import type { AnswerMachine } from '../answer/answer-machine.ts';
import type { Item, ResponseErrorCode } from '../answer/response-object.ts';
import { rebuildMachine } from './rebuild.ts';
import type { RunWriter } from './run-writer.ts';
import type { Journal, Prepared, RunRecord } from './run.ts';

/**
 * Why a driver stops: `cancel` ends the run, `release` hands it to another replica, `lost` means that another one
 * already has it.
 */
export type StopReason = 'cancel' | 'release' | 'lost';

export interface DriveOptions {
  readonly run: RunRecord;
  /** Stored frames; empty for a new run. */
  readonly frames: string;
  readonly journal: Journal;
  readonly gateway: GatewayClient;
  readonly log: Log;
  /** Loads the items of the conversation or the chain of responses. */
  readonly loadContext: () => Promise<readonly Item[]>;
  /** Aborted with a {@link StopReason}. */
  readonly stop: AbortSignal;
  /** Whether a run for which no model has capacity releases its driver instead of waiting. */
  readonly mayPark: boolean;
  /** Called when the model has accepted the request. */
  readonly onBegun: () => void;
  /** Whether a refusal before that can still be sent to the client as an error instead of a failed response. */
  readonly mayRefuse: () => boolean;
  readonly flushMs?: number;
}

/** The state of an answer that is being generated. */
export interface Answering {
  readonly options: DriveOptions;
  readonly writer: RunWriter;
  machine: AnswerMachine;
  prepared: Prepared | null;
  revision: string | null;
  /** All frames of the answer so far. */
  frames: string;
  /** Whether a model has accepted the request. */
  begun: boolean;
}

/** The answer has failed, with the error that the response shows. */
export class RunFailure extends Error {
  readonly code: ResponseErrorCode;

  constructor(code: ResponseErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No model has capacity, and other runs may need this driver. */
export class Parked extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super('no model has room for the run');
    this.afterMs = afterMs;
  }
}

/** Throws when the run must stop. */
export function requireGoing({ options, writer }: Answering): void {
  options.stop.throwIfAborted();
  if (writer.state() !== 'open') throw new Error('the run has another driver');
}

/** Resets the answer to what is stored plus what this driver has read. */
export async function rewind(answering: Answering): Promise<void> {
  answering.machine = await rebuildMachine(answering.options.run, answering.prepared, answering.frames);
  await answering.writer.restart(answering.machine);
}
