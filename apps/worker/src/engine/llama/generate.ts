import { KumikiError } from '@kumiki/api';
import type { EngineModel, GenerateEnd, GenerateRequest, SampledToken } from '../engine.ts';
import type { Grammar } from '../grammar.ts';
import type { InSlices } from '../in-slices.ts';
import { type Answer, aheadLimitTokens, endAnswer } from './answer.ts';
import type { GrammarCompiler } from './compile-grammar.ts';
import { type DecodeLoop, kickLoop, submitAnswer } from './decode-loop.ts';
import type { Native, NativeGrammarState } from './native.ts';
import { planSampler } from './sampler-config.ts';

export interface Generator {
  readonly native: Native;
  readonly loop: DecodeLoop;
  readonly grammars: GrammarCompiler;
  readonly inSlices: InSlices;
  readonly model: EngineModel;
  readonly vocabularySize: number;
  /** Answers that are not yet over. */
  open: number;
}

/** Throws KumikiError before the first token when the request cannot be served. */
export async function* generate(
  generator: Generator,
  request: GenerateRequest,
): AsyncGenerator<SampledToken, GenerateEnd, void> {
  checkRequest(generator, request);
  const ended = endOfResume(generator.native, request);
  if (ended !== null) return ended;
  const { signal } = request;
  if (signal.aborted) return 'aborted';
  generator.open++;
  try {
    const grammar = request.grammar === null ? null : await startGrammar(generator, request.grammar, request);
    if (signal.aborted) return 'aborted';
    return yield* run(generator, createAnswer(generator, request, grammar), signal);
  } finally {
    generator.open--;
  }
}

/** null when the request is aborted first. */
async function startGrammar(
  { grammars, inSlices }: Generator,
  spec: Grammar,
  { resume, signal }: GenerateRequest,
): Promise<NativeGrammarState | null> {
  try {
    return await inSlices(grammars.start(spec, resume), signal);
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

async function* run(
  generator: Generator,
  answer: Answer,
  signal: AbortSignal,
): AsyncGenerator<SampledToken, GenerateEnd, void> {
  const abort = (): void => {
    endAnswer(answer, 'aborted');
    kickLoop(generator.loop);
  };
  submitAnswer(generator.loop, answer);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return yield* read(generator, answer);
  } finally {
    signal.removeEventListener('abort', abort);
    endAnswer(answer, 'aborted');
    kickLoop(generator.loop);
    while (answer.slot !== null) await change(answer);
  }
}

async function* read(generator: Generator, answer: Answer): AsyncGenerator<SampledToken, GenerateEnd, void> {
  for (;;) {
    const sampled = answer.end === 'aborted' ? undefined : answer.queue.shift();
    if (sampled !== undefined) {
      if (answer.queue.length === aheadLimitTokens - 1) kickLoop(generator.loop);
      yield sampled;
    } else if (answer.failure !== null) throw answer.failure;
    else if (answer.end !== null) return answer.end;
    else await change(answer);
  }
}

function change(answer: Answer): Promise<void> {
  return new Promise((resolve) => {
    answer.wake = resolve;
  });
}

function createAnswer({ model }: Generator, request: GenerateRequest, grammar: NativeGrammarState | null): Answer {
  const context = Uint32Array.from([...request.prompt, ...request.resume]);
  const maxTokens = Math.min(request.maxTokens, model.contextTokens - request.prompt.length);
  return {
    tenant: request.tenant,
    context,
    promptTokens: request.prompt.length,
    maxTokens,
    sampler: planSampler(request.sampling, maxTokens, grammar),
    topLogprobs: request.topLogprobs,
    onPrefill: request.onPrefill,
    history: Uint32Array.from(request.resume),
    generated: request.resume.length,
    pending: context,
    prefilled: false,
    cachedTokens: 0,
    slot: null,
    queue: [],
    end: null,
    failure: null,
    wake: null,
  };
}

function checkRequest({ model, vocabularySize, open }: Generator, request: GenerateRequest): void {
  const { prompt, resume } = request;
  if (!model.canChat) throw new KumikiError('engine_failed', { reason: 'this model makes embeddings only' });
  if (open >= model.maxSequences)
    throw new KumikiError('engine_failed', { reason: `all ${model.maxSequences} sequences are in use` });
  if (prompt.length === 0)
    throw new KumikiError('invalid_value', { param: 'messages', reason: 'the prompt holds no token' });
  if (prompt.length + resume.length >= model.contextTokens)
    throw new KumikiError('context_length_exceeded', {
      contextTokens: model.contextTokens,
      requestedTokens: prompt.length + Math.max(request.maxTokens, resume.length),
      promptTokens: prompt.length,
      completionTokens: Math.max(request.maxTokens, resume.length),
    });
  const known = (token: number): boolean => Number.isInteger(token) && token >= 0 && token < vocabularySize;
  for (const [param, tokens] of [
    ['prompt', prompt],
    ['resume', resume],
    ['logit_bias', [...request.sampling.logitBias.keys()]],
  ] as const)
    if (!tokens.every(known))
      throw new KumikiError('invalid_value', {
        param,
        reason: `token ids are integers from 0 to ${vocabularySize - 1}`,
      });
}

/** The end of an answer whose resumed tokens already contain it. */
function endOfResume(native: Native, { resume, maxTokens }: GenerateRequest): GenerateEnd | null {
  const end = resume.findIndex((token) => native.model.isEogToken(token));
  if (end >= 0 && end < resume.length - 1)
    throw new KumikiError('invalid_value', {
      param: 'resume',
      reason: 'tokens follow the end-of-generation token',
    });
  if (end >= 0) return 'stop';
  return resume.length >= maxTokens ? 'length' : null;
}
