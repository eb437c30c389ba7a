import { createHash } from 'node:crypto';
import { KumikiError } from '@kumiki/api';
import type { GatewayClient } from '@kumiki/service';
import { estimateTokens } from '../chunk/chunk-document.ts';

/** A gateway with one embedding model whose vectors are similar when texts share words. */
export interface WordModel {
  readonly gateway: GatewayClient;
  /** All texts that were embedded so far. */
  readonly texts: string[];
  /** Errors of the next calls, in order. */
  readonly failures: KumikiError[];
  /** Longest accepted text in estimated tokens. */
  contextTokens: number;
  /** A promise that calls wait for. */
  gate: Promise<void>;
  /** Called with every text before it is embedded, and awaited. */
  onText: ((text: string) => Promise<void> | void) | null;
  /** A revision determines the direction of every word, and the dimensions. */
  revision: { readonly name: string; readonly dimensions: number };
}

export function createWordModel(): WordModel {
  const model: WordModel = {
    texts: [],
    failures: [],
    contextTokens: 100_000,
    gate: Promise.resolve(),
    onText: null,
    revision: { name: '', dimensions: 64 },
    gateway: {
      send: () => Promise.reject(new Error('nothing here streams')),
      exchange: () => Promise.reject(new Error('nothing here streams')),
      async json<Value>(call: Parameters<GatewayClient['json']>[0]): Promise<Value> {
        if (call.path === '/v1/models') {
          return { data: [{ id: 'words', kumiki: { task: 'embedding' } }] } as Value;
        }
        await model.gate;
        call.signal?.throwIfAborted();
        const { input } = call.body as { input: readonly string[] };
        for (const text of input) await model.onText?.(text);
        const failure = model.failures.shift();
        if (failure !== undefined) throw failure;
        if (input.some((text) => estimateTokens(text) > model.contextTokens)) {
          throw new KumikiError('context_length_exceeded', { contextTokens: model.contextTokens });
        }
        model.texts.push(...input);
        return { data: input.map((text, index) => ({ index, embedding: vectorOf(text, model.revision) })) } as Value;
      },
      close: () => {},
    },
  };
  return model;
}

/**
 * The sum of a direction for each word, plus a small one for the text, so that different texts have different vectors.
 */
function vectorOf(text: string, { name, dimensions }: WordModel['revision']): number[] {
  const sum = Array.from({ length: dimensions }, () => 0);
  const add = (word: string, weight: number): void => {
    const bytes = createHash('sha512')
      .update(name + word)
      .digest();
    for (let at = 0; at < dimensions; at++) sum[at] = (sum[at] ?? 0) + weight * ((bytes[at] ?? 0) - 127.5);
  };
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) add(word, 1);
  add(text, 0.01);
  return sum;
}
