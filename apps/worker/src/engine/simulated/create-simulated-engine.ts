import { simulatedEngineSchema, type Task } from '@kumiki/api';
import type { z } from 'zod';
import type { Engine, GenerateEnd, GenerateRequest, SampledToken } from '../engine.ts';
import { noPrompting } from '../no-prompting.ts';
import { createPrefillOrder, type PrefillOrder } from '../prefill-order.ts';
import type { TextPiece } from '../prompting.ts';
import { endSequence, finishStep, planStep, prefillBudget, type Sequence } from './batch.ts';
import { embedTokens, simulatedDimensions } from './embed.ts';
import type { Faults } from './faults.ts';
import { at, fraction } from './hash.ts';
import { createKvCache, type KvCache } from './kv-cache.ts';
import { createScript } from './script.ts';
import { simulatedPrompting } from './simulated-prompting.ts';
import { createStepLoop, type StepLoop, type StepWork } from './step-loop.ts';
import { createVocabulary, type Vocabulary } from './vocabulary.ts';

export interface SimulatedEngineOptions {
  readonly task: Task;
  readonly contextTokens?: number | undefined;
  readonly maxSequences?: number | undefined;
  readonly simulated: z.input<typeof simulatedEngineSchema>;
  readonly faults: Faults | null;
}

const defaultContextTokens = 8_192;
const defaultMaxSequences = 16;
/**
 * How much longer a decode step takes for each sequence after the first: little, since most of its time goes into
 * reading the weights.
 */
const batchSlowdown = 0.002;

interface Simulation {
  readonly knobs: z.infer<typeof simulatedEngineSchema>;
  readonly vocabulary: Vocabulary;
  readonly cache: KvCache;
  readonly order: PrefillOrder;
  readonly sequences: Set<Sequence>;
  readonly faults: Faults | null;
  /** Embeddings being computed. */
  embedding: number;
  closed: boolean;
}

/**
 * An engine without a model: deterministic nonsense at a chosen speed, batched and cached as real engines do it.
 * For tests, benchmarks and planning.
 */
export function createSimulatedEngine(options: SimulatedEngineOptions): Engine {
  const knobs = simulatedEngineSchema.parse(options.simulated);
  const simulation: Simulation = {
    knobs,
    vocabulary: createVocabulary(knobs.vocabularySize),
    cache: createKvCache({ blocks: knobs.kvBlocks, blockTokens: knobs.kvBlockTokens }),
    order: createPrefillOrder(),
    sequences: new Set(),
    faults: options.faults,
    embedding: 0,
    closed: false,
  };
  const { vocabulary, cache, sequences } = simulation;
  const totalTokens = knobs.kvBlocks * knobs.kvBlockTokens;
  const loop = createStepLoop(() => planWork(simulation), options.faults);
  const canChat = options.task === 'chat';
  return {
    kind: 'simulated',
    model: {
      contextTokens: options.contextTokens ?? defaultContextTokens,
      maxSequences: options.maxSequences ?? defaultMaxSequences,
      longestTokenBytes: vocabulary.longestTokenBytes,
      embeddingDimensions: canChat ? null : simulatedDimensions,
      canChat,
      fingerprint: `simulated-${knobs.vocabularySize}`,
      parameters: null,
      memoryBytes: null,
    },
    tokenize: (text, special) => vocabulary.tokenize(text, special),
    tokenBytes: (token) => vocabulary.bytesOf(token),
    prompting: canChat ? simulatedPrompting : noPrompting,
    promptingSpec: { kind: canChat ? 'simulated' : 'none' },
    tokenizePieces: (pieces) => tokenizePieces(pieces, vocabulary),
    generate: (request) => generate(simulation, loop, request),
    embed: (tokens, signal) => embed(simulation, tokens, signal),
    stats: () => ({
      kvCacheUsage: cache.usage(),
      kvCache: { usedTokens: Math.round(cache.usage() * totalTokens), totalTokens },
      lastProgressAt: standsStill(simulation) ? loop.lastProgressAt : performance.now(),
      prefixCacheQueriesTotal: cache.queries,
      prefixCacheHitsTotal: cache.hits,
    }),
    async close() {
      simulation.closed = true;
      for (const sequence of sequences) endSequence(sequence, 'aborted', sequences);
      loop.stop();
    },
  };
}

function* tokenizePieces(pieces: readonly TextPiece[], vocabulary: Vocabulary): Generator<void, number[], void> {
  const tokens: number[] = [];
  for (const { text, plain } of pieces) {
    for (const token of vocabulary.tokenize(text, !plain)) tokens.push(token);
    yield;
  }
  return tokens;
}

/** Whether no step can end now although requests wait. Waiting for readers that read nothing does not count. */
function standsStill({ sequences, faults, embedding }: Simulation): boolean {
  if (faults?.hung === true) return sequences.size > 0 || embedding > 0;
  for (const sequence of sequences) if (sequence.unread.length === 0) return true;
  return false;
}

function planWork({ sequences, cache, order, knobs, faults }: Simulation): StepWork | null {
  const budgetTokens = prefillBudget(knobs.prefillTokensPerSecond);
  const plan = planStep(sequences, { cache, order, budgetTokens });
  if (plan.decodes.length === 0 && plan.prefills.length === 0) return null;
  const slowdown = 1 + batchSlowdown * Math.max(0, plan.decodes.length - 1);
  const decodeMs = plan.decodes.length === 0 ? 0 : knobs.interTokenLatencyMs * slowdown;
  return {
    durationMs: (plan.prefillTokens * 1_000) / knobs.prefillTokensPerSecond + decodeMs,
    finish() {
      const made = finishStep(plan, sequences);
      faults?.countTokens(made);
    },
  };
}

async function* generate(
  simulation: Simulation,
  loop: StepLoop,
  request: GenerateRequest,
): AsyncGenerator<SampledToken, GenerateEnd, void> {
  const { sequences, vocabulary } = simulation;
  const sequence = createSequence(request, vocabulary);
  const abort = (): void => endSequence(sequence, 'aborted', sequences);
  if (simulation.closed || request.signal.aborted) return 'aborted';
  request.signal.addEventListener('abort', abort);
  sequences.add(sequence);
  loop.poke();
  try {
    return yield* readSequence(sequence, loop.poke);
  } finally {
    request.signal.removeEventListener('abort', abort);
    abort();
    // Another sequence may be waiting for its blocks.
    loop.poke();
  }
}

async function embed(simulation: Simulation, tokens: readonly number[], signal: AbortSignal): Promise<Float32Array> {
  const { faults, knobs } = simulation;
  simulation.embedding += 1;
  try {
    await wait(((tokens.length * 1_000) / knobs.prefillTokensPerSecond) * (faults?.slowness ?? 1), signal);
    if (faults !== null) await untilMoving(faults, signal);
    return embedTokens(tokens);
  } finally {
    simulation.embedding -= 1;
  }
}

/** How often an embedding checks whether a hung engine has recovered. */
const hungPollMs = 20;

async function untilMoving(faults: Faults, signal: AbortSignal): Promise<void> {
  for (let hung = faults.hung; hung; hung = faults.hung) await wait(hungPollMs, signal);
}

function createSequence(request: GenerateRequest, vocabulary: Vocabulary): Sequence {
  const { sampling, topLogprobs } = request;
  const script = createScript(
    { prompt: request.prompt, temperature: sampling.temperature, seed: sampling.seed, grammar: request.grammar },
    vocabulary,
  );
  return {
    tenant: request.tenant,
    tokens: [...request.prompt, ...request.resume],
    promptTokens: request.prompt.length,
    maxTokens: request.maxTokens,
    onPrefill: (cachedTokens) => request.onPrefill?.(cachedTokens),
    tokenAt(position) {
      const token = script.tokenAt(position);
      if (token === null) return null;
      return topLogprobs === null
        ? { token, logprob: null, top: [] }
        : describe(token, at(script.key, position), topLogprobs, vocabulary);
    },
    wake: () => {},
    unread: [],
    prefill: 0,
    prefillReported: false,
    lease: null,
    end: null,
  };
}

/** Made-up probabilities: the token itself, then words with decreasing probability. */
function describe(token: number, key: number, count: number, vocabulary: Vocabulary): SampledToken {
  const logprob = Math.fround(-0.01 - fraction(key, 0));
  const top = Array.from({ length: count }, (_, rank) =>
    rank === 0
      ? { token, logprob }
      : { token: vocabulary.firstWord + ((key + rank) % vocabulary.words), logprob: logprob - rank },
  );
  return { token, logprob, top };
}

async function* readSequence(sequence: Sequence, poke: () => void): AsyncGenerator<SampledToken, GenerateEnd, void> {
  let read = 0;
  for (;;) {
    const sampled = sequence.unread[read];
    if (sampled !== undefined && sequence.end !== 'aborted') {
      read += 1;
      yield sampled;
      if (read < sequence.unread.length) continue;
      sequence.unread.length = 0;
      read = 0;
      poke();
    } else if (sequence.end === null) {
      await new Promise<void>((resolve) => {
        sequence.wake = resolve;
      });
    } else return sequence.end;
  }
}

function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(end, durationMs);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    }
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
