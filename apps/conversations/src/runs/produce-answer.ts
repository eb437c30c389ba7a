import { setTimeout as pause } from 'node:timers/promises';
import { KumikiError } from '@kumiki/api';
import { lastUserText } from '../prompt/build-messages.ts';
import { type Answering, requireGoing, Parked, RunFailure } from './answering.ts';
import { askModel, isKeyLimit, mayPassLater, type ModelAnswer } from './ask-model.ts';
import { codeOfEnd } from './code-of-end.ts';
import { judgeRefusal, resumeDelayMs } from './judge-refusal.ts';
import { openAnswer } from './open-answer.ts';
import { searchFiles } from './search-files.ts';
import { wantedSearch } from './wants-search.ts';

/**
 * Most characters of an answer's frames. Beyond it the answer fails, since a gateway would not accept them to continue
 * from.
 */
const maxAnswerCharacters = 25_165_824;
/** Consecutive broken streams without progress before the run fails. */
const maxResumes = 8;

/** Lets the model answer until it has finished, from the run's current state. */
export async function produceAnswer(answering: Answering): Promise<void> {
  requireGoing(answering);
  answering.writer.push('');
  const patiently = createPatience(answering);
  await patiently(() => search(answering));
  let broken = 'The answer was cut short.';
  for (let resumes = 0; ; resumes++) {
    const answer = await patiently(() => (answering.prepared?.chat == null ? askFirst(answering) : askRest(answering)));
    answering.begun = true;
    answering.options.onBegun();
    const before = answering.frames.length;
    const end = await readAnswer(answering, answer);
    if (end.kind === 'whole') return;
    broken = end.message ?? broken;
    requireGoing(answering);
    if (answering.frames.length > before) resumes = 0;
    if (resumes >= maxResumes) throw new RunFailure('server_error', broken);
    await pause(resumeDelayMs, undefined, { signal: answering.options.stop });
  }
}

/** Retries what is busy or unavailable when no client waits for the refusal. */
function createPatience(answering: Answering): <Value>(work: () => Promise<Value>) => Promise<Value> {
  const { run, mayPark, mayRefuse, stop } = answering.options;
  const since = performance.now();
  return async (work) => {
    for (;;) {
      requireGoing(answering);
      try {
        return await work();
      } catch (error) {
        const retryAfterMs = error instanceof KumikiError ? (error.retryAfterMs ?? null) : null;
        const verdict = judgeRefusal(
          { mayPass: mayPassLater(error), isKeyLimit: isKeyLimit(error), retryAfterMs },
          {
            mayRefuse: mayRefuse(),
            mayPark,
            begun: answering.begun,
            drivenMs: performance.now() - since,
            refusedMs: run.refusedMs,
          },
        );
        if (verdict.kind === 'give_up') throw error;
        if (verdict.kind === 'park') throw new Parked(verdict.afterMs);
        await pause(verdict.ms, undefined, { signal: stop });
      }
    }
  };
}

/** Runs the search before the answer, unless it is done or not requested. */
async function search(answering: Answering): Promise<void> {
  const { run, gateway, log, stop } = answering.options;
  const tool = wantedSearch(run.request);
  if (tool === null || answering.prepared?.search != null) return;
  const found = await searchFiles(gateway, run, tool, lastUserText(run.input) ?? '', stop);
  log.debug({ response: run.id, results: found.results.length }, 'files searched');
  answering.machine.searchEnds(found.queries, found.results, found.passages);
  answering.prepared = { search: found, chat: null };
  answering.writer.setPrepared(answering.prepared, null);
  answering.writer.push('');
}

async function askFirst(answering: Answering): Promise<ModelAnswer> {
  const { run, gateway, loadContext, stop } = answering.options;
  const found = answering.prepared?.search ?? null;
  const { chat, answer } = await openAnswer(gateway, run, await loadContext(), found, stop);
  answering.revision = answer.revision;
  answering.prepared = { search: found, chat };
  answering.writer.setPrepared(answering.prepared, answer.revision);
  return answer;
}

function askRest({ options, prepared, revision, frames }: Answering): Promise<ModelAnswer> {
  const resume = frames === '' ? null : { revision, frames };
  return askModel(options.gateway, options.run, prepared?.chat ?? {}, resume, options.stop);
}

type ReadEnd = { readonly kind: 'whole' } | { readonly kind: 'broken'; readonly message: string | null };

async function readAnswer(answering: Answering, answer: ModelAnswer): Promise<ReadEnd> {
  const { options, writer, machine } = answering;
  const broken: ReadEnd = { kind: 'broken', message: null };
  for await (const { text, read } of answer.frames) {
    if (options.stop.aborted || writer.state() !== 'open') return broken;
    switch (read.kind) {
      case 'done':
        return machine.finishReason() === null ? broken : { kind: 'whole' };
      case 'error': {
        const code = codeOfEnd(read.code);
        // The answer cannot be continued at any replica.
        if (code !== null) throw new RunFailure(code, read.message);
        return { kind: 'broken', message: read.message };
      }
      case 'chunk':
        machine.feed(read.chunk);
        keepFrame(answering, text);
        break;
      case 'nothing':
        if (text.startsWith(': tokens')) keepFrame(answering, text);
        break;
    }
    await writer.room();
  }
  return broken;
}

function keepFrame(answering: Answering, text: string): void {
  answering.frames += text;
  if (answering.frames.length > maxAnswerCharacters) {
    throw new RunFailure('server_error', `The answer is larger than ${maxAnswerCharacters} characters.`);
  }
  answering.writer.push(text);
}
