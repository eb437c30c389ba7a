import type { Answering, DriveOptions } from './answering.ts';
import { completeRun, type DriveResult, stopRun } from './end-run.ts';
import { produceAnswer } from './produce-answer.ts';
import { rebuildMachine } from './rebuild.ts';
import { createRunWriter } from './run-writer.ts';

/** Drives a run from its current state to its end. Never throws. */
export async function driveRun(options: DriveOptions): Promise<DriveResult> {
  const answering = await beginAnswering(options);
  try {
    await produceAnswer(answering);
    return await completeRun(answering);
  } catch (error) {
    try {
      return await stopRun(answering, error);
    } catch (failure) {
      options.log.error({ err: failure, response: options.run.id }, 'run could not be ended');
      return { kind: 'left' };
    }
  }
}

async function beginAnswering(options: DriveOptions): Promise<Answering> {
  const { run, journal, frames, stop, flushMs } = options;
  const { prepared, revision } = run;
  const machine = await rebuildMachine(run, prepared, frames);
  const writer = createRunWriter({
    journal,
    machine,
    storedSeq: run.lastSeq,
    signal: leavingSignal(stop),
    ...(flushMs === undefined ? {} : { flushMs }),
  });
  return { options, writer, machine, prepared, revision, frames, begun: prepared?.chat != null };
}

/** Only a cancelled run stores anything after it was stopped. */
function leavingSignal(stop: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const check = (): void => {
    if (stop.reason !== 'cancel') controller.abort();
  };
  if (stop.aborted) check();
  else stop.addEventListener('abort', check, { once: true });
  return controller.signal;
}
