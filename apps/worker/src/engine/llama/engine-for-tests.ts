import { fileURLToPath } from 'node:url';
import { promptTokens } from '../../testing/prompt-tokens.ts';
import type { Engine, GenerateEnd, GenerateRequest, SampledToken, SamplingOptions } from '../engine.ts';
import { createLlamaEngine } from './create-llama-engine.ts';
import type { LlamaEngineOptions } from './engine-options.ts';

const models = new URL('../../../../../models/demo/', import.meta.url);
export const chatModelPath = fileURLToPath(new URL('chat/kumiki-demo-chat.gguf', models));
export const embeddingModelPath = fileURLToPath(new URL('embedding/kumiki-demo-embedding.gguf', models));

/** The demo chat model on the real engine. */
export function startChatEngine(options: Partial<LlamaEngineOptions> = {}): Promise<Engine> {
  return createLlamaEngine({
    modelPath: chatModelPath,
    task: 'chat',
    onProgress: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });
}

export const greedy: SamplingOptions = {
  temperature: 0,
  topP: 1,
  topK: 0,
  minP: 0,
  seed: 7,
  frequencyPenalty: 0,
  presencePenalty: 0,
  logitBias: new Map(),
};

export interface Finished {
  readonly tokens: readonly number[];
  readonly sampled: readonly SampledToken[];
  readonly end: GenerateEnd;
  readonly text: string;
  readonly cachedTokens: number | null;
}

export function promptFor(engine: Engine, question: string): number[] {
  return promptTokens(engine, {
    messages: [{ role: 'user', content: question }],
    tools: null,
    addGenerationPrompt: true,
    continueFinalMessage: false,
  });
}

/** Asks a question and reads the answer to its end. */
export async function ask(
  engine: Engine,
  question: string | readonly number[],
  options: Partial<GenerateRequest> = {},
): Promise<Finished> {
  let cachedTokens: number | null = null;
  const answer = engine.generate({
    tenant: 'a',
    prompt: typeof question === 'string' ? promptFor(engine, question) : question,
    resume: [],
    maxTokens: 60,
    sampling: greedy,
    grammar: null,
    topLogprobs: null,
    signal: new AbortController().signal,
    onPrefill: (cached) => {
      cachedTokens = cached;
    },
    ...options,
  });
  const sampled: SampledToken[] = [];
  for (;;) {
    const next = await answer.next();
    if (!next.done) {
      sampled.push(next.value);
      continue;
    }
    const tokens = sampled.map(({ token }) => token);
    return { tokens, sampled, end: next.value, text: textOf(engine, tokens), cachedTokens };
  }
}

export function textOf(engine: Engine, tokens: readonly number[]): string {
  return Buffer.concat(tokens.map((token) => engine.tokenBytes(token))).toString('utf8');
}
