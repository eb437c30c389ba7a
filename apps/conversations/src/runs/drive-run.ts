import { setTimeout as pause } from 'node:timers/promises';
import { type KumikiError, toKumikiError } from '@kumiki/api';
import type { GatewayClient, Log } from '@kumiki/service';
import type { AnswerMachine } from '../answer/answer-machine.ts';
import type { Item, ResponseErrorCode } from '../answer/response-object.ts';
import { lastUserText } from '../prompt/build-messages.ts';
import { askModel, isKeyLimit, mayPassLater, type ModelAnswer } from './ask-model.ts';
import { codeOfEnd } from './code-of-end.ts';
import { openAnswer } from './open-answer.ts';
import { rebuildMachine } from './rebuild.ts';
import { RunWriter } from './run-writer.ts';
import type { Journal, Prepared, RunRecord } from './run.ts';
import { searchFiles } from './search-files.ts';
import { wantedSearch } from './wants-search.ts';

/** Characters of an answer's frames; beyond it the answer fails, since no gateway would take them to go on from. */
const maxAnswerCharacters = 25_165_824;
/** How often a broken stream from the gateway is asked to go on before the run fails. */
const maxResumes = 8;
/** Between two such attempts, and between attempts to begin a background response while the models are busy. */
const resumeDelayMs = 500;
/** The longest such wait, whatever a refusal asks for: what was busy may be free much earlier. */
const maxResumeDelayMs = 10_000;
/** How long a background response waits for a model that is busy or away. */
const backgroundPatienceMs = 600_000;
/** How much longer for its own key's limits, which pass for certain. */
const keyLimitPatienceMs = 3_600_000;
/** A background response that waits for a model gives its driver back after this time, and is tried again in turn. */
const parkAfterMs = 5_000;

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
  /** Called once the model has taken the request. */
  readonly onBegun: () => void;
  /** Whether a refusal before that may still be given to the client instead of a failed response. */
  readonly mayRefuse: () => boolean;
}

/** How a drive ended. `refused`: nothing of the run is left, and the client is to be told why. */
export type DriveResult =
  | { readonly kind: 'ended' | 'left' }
  /** No model has room: it is to be tried again, after so long. */
  | { readonly kind: 'parked'; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly error: KumikiError };

/** The answer cannot be had: how the response is to say so. */
class RunFailure extends Error {
  readonly code: ResponseErrorCode;

  constructor(code: ResponseErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** No model has room, and others may need this driver. */
class Parked extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super('no model has room for the run');
    this.afterMs = afterMs;
  }
}

/** Drives a run to its end, from wherever it stands. Never throws. */
export async function driveRun(options: DriveOptions): Promise<DriveResult> {
  const { run, frames } = options;
  const drive = new Drive(options, await rebuildMachine(run, run.prepared, frames));
  try {
    await drive.produce();
    return await drive.complete();
  } catch (error) {
    try {
      return await drive.giveUp(error);
    } catch (failure) {
      options.log.error({ err: failure, response: options.run.id }, 'run could not be ended');
      return { kind: 'left' };
    }
  }
}

class Drive {
  readonly #options: DriveOptions;
  readonly #writer: RunWriter;
  /** Aborted when nothing more may be asked or waited for. */
  readonly #stop: AbortSignal;
  #machine: AnswerMachine;
  #prepared: Prepared | null;
  #revision: string | null;
  /** All frames of the answer so far. */
  #frames: string;
  #begun: boolean;
  readonly #since = performance.now();
  /** Why the answer broke off last. */
  #broken = 'The answer was cut short.';

  constructor(options: DriveOptions, machine: AnswerMachine) {
    const { run, journal, frames } = options;
    this.#options = options;
    this.#stop = options.stop;
    this.#prepared = run.prepared;
    this.#revision = run.revision;
    this.#frames = frames;
    this.#begun = run.prepared?.chat != null;
    this.#machine = machine;
    const signal = leaving(options.stop);
    this.#writer = new RunWriter({ journal, machine, storedSeq: run.lastSeq, signal });
  }

  /** Has the model answer, until it has finished. */
  async produce(): Promise<void> {
    this.#requireGoing();
    this.#writer.push('');
    await this.#patiently(() => this.#search());
    for (let resumes = 0; ; resumes++) {
      const answer = await this.#patiently(() => (this.#prepared?.chat == null ? this.#askFirst() : this.#askRest()));
      this.#begun = true;
      this.#options.onBegun();
      const before = this.#frames.length;
      if (await this.#read(answer)) return;
      this.#requireGoing();
      if (this.#frames.length > before) resumes = 0;
      if (resumes >= maxResumes) throw new RunFailure('server_error', this.#broken);
      await this.#wait();
    }
  }

  async complete(): Promise<DriveResult> {
    const { run } = this.#options;
    this.#machine.complete(Math.max(Math.floor(Date.now() / 1_000), run.response.created_at));
    const state = await this.#writer.finish();
    if (state === 'cancelled') return this.#endCancelled();
    return { kind: state === 'open' ? 'ended' : 'left' };
  }

  async giveUp(error: unknown): Promise<DriveResult> {
    const reason = this.#stop.aborted ? (this.#stop.reason as StopReason) : null;
    if (reason === 'cancel') return this.#endCancelled();
    if (reason !== null || this.#writer.state() === 'lost') {
      if (reason === 'release') await this.#writer.flush();
      return { kind: 'left' };
    }
    if (error instanceof Parked) {
      await this.#writer.flush();
      return this.#writer.state() === 'open' ? { kind: 'parked', afterMs: error.afterMs } : { kind: 'left' };
    }
    const known = toKumikiError(error);
    if (known.code === 'internal_error' && !(error instanceof RunFailure)) {
      this.#options.log.error({ err: error, response: this.#options.run.id }, 'run failed');
    }
    if (!this.#begun && this.#options.mayRefuse()) {
      await this.#writer.abandon();
      await this.#options.journal.discard();
      return { kind: 'refused', error: known };
    }
    const { code, message } = error instanceof RunFailure ? error : { code: codeOf(known), message: known.message };
    this.#machine.fail(code, message);
    const state = await this.#writer.finish();
    if (state === 'cancelled') return this.#endCancelled();
    return { kind: state === 'open' ? 'ended' : 'left' };
  }

  async #search(): Promise<void> {
    const { run, gateway, log } = this.#options;
    const tool = wantedSearch(run.request);
    if (tool === null || this.#prepared?.search != null) return;
    const question = lastUserText(run.input) ?? '';
    const search = await searchFiles(gateway, run, tool, question, this.#stop);
    log.debug({ response: run.id, results: search.results.length }, 'files searched');
    this.#machine.searchEnds(search.queries, search.results, search.passages);
    this.#prepared = { search, chat: null };
    this.#writer.setPrepared(this.#prepared, null);
    this.#writer.push('');
  }

  /** What is busy or away is asked again where nobody waits for a refusal. */
  async #patiently<Value>(work: () => Promise<Value>): Promise<Value> {
    for (;;) {
      this.#requireGoing();
      try {
        return await work();
      } catch (error) {
        const patient = !this.#options.mayRefuse() || this.#begun;
        if (!patient || !mayPassLater(error)) throw error;
        const drivenMs = performance.now() - this.#since;
        const refusedMs = this.#options.run.refusedMs + drivenMs;
        if (refusedMs > backgroundPatienceMs + (isKeyLimit(error) ? keyLimitPatienceMs : 0)) throw error;
        if (this.#options.mayPark && !this.#begun && drivenMs >= parkAfterMs) {
          throw new Parked(waitOf(Math.max(error.retryAfterMs ?? 0, refusedMs / 4)));
        }
        await this.#wait(error.retryAfterMs);
      }
    }
  }

  async #askFirst(): Promise<ModelAnswer> {
    const { run, gateway, loadContext } = this.#options;
    const search = this.#prepared?.search ?? null;
    const { chat, answer } = await openAnswer(gateway, run, await loadContext(), search, this.#stop);
    this.#revision = answer.revision;
    this.#prepared = { search, chat };
    this.#writer.setPrepared(this.#prepared, answer.revision);
    return answer;
  }

  #askRest(): Promise<ModelAnswer> {
    const { run, gateway } = this.#options;
    const resume = this.#frames === '' ? null : { revision: this.#revision, frames: this.#frames };
    return askModel(gateway, run, this.#prepared?.chat ?? {}, resume, this.#stop);
  }

  /** @returns whether the answer is whole. */
  async #read(answer: ModelAnswer): Promise<boolean> {
    for await (const { text, read } of answer.frames) {
      if (this.#stop.aborted || this.#writer.state() !== 'open') return false;
      switch (read.kind) {
        case 'done':
          return this.#machine.finishReason() !== null;
        case 'error':
          // There is nothing to go on with, whoever is asked for the rest.
          if (codeOfEnd(read.code) !== null) throw new RunFailure(codeOfEnd(read.code) ?? 'server_error', read.message);
          this.#broken = read.message;
          return false;
        case 'chunk':
          this.#machine.feed(read.chunk);
          this.#keep(text);
          break;
        case 'nothing':
          if (text.startsWith(': tokens')) this.#keep(text);
          break;
      }
      await this.#writer.room();
    }
    return false;
  }

  #keep(text: string): void {
    this.#frames += text;
    if (this.#frames.length > maxAnswerCharacters) {
      throw new RunFailure('server_error', `The answer is larger than ${maxAnswerCharacters} characters.`);
    }
    this.#writer.push(text);
  }

  /** Ends the run as cancelled, keeping exactly what is stored and what this driver has read. */
  async #endCancelled(): Promise<DriveResult> {
    this.#machine = await rebuildMachine(this.#options.run, this.#prepared, this.#frames);
    await this.#writer.restart(this.#machine);
    this.#machine.cancel();
    const state = await this.#writer.finish();
    return { kind: state === 'open' ? 'ended' : 'left' };
  }

  #requireGoing(): void {
    this.#stop.throwIfAborted();
    if (this.#writer.state() !== 'open') throw new Error('the run has another driver');
  }

  async #wait(ms: number = resumeDelayMs): Promise<void> {
    await pause(waitOf(ms), undefined, { signal: this.#stop });
  }
}

/** Only a cancelled run still has something to store after it was stopped. */
function leaving(stop: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const check = (): void => {
    if (stop.reason !== 'cancel') controller.abort();
  };
  if (stop.aborted) check();
  else stop.addEventListener('abort', check, { once: true });
  return controller.signal;
}

/** A wait between two attempts, whatever a refusal asks for. */
function waitOf(ms: number): number {
  return Math.min(Math.max(ms, resumeDelayMs), maxResumeDelayMs);
}

function codeOf(error: KumikiError): ResponseErrorCode {
  const end = codeOfEnd(error.code);
  if (end !== null) return end;
  if (error.status === 429) return 'rate_limit_exceeded';
  return error.status < 500 ? 'invalid_prompt' : 'server_error';
}
