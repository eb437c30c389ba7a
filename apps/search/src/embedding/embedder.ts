import { KumikiError } from '@kumiki/api';
import type { GatewayClient } from '@kumiki/service';
import { z } from 'zod';

/** Computes vectors with the embedding models behind the gateway, on behalf of the caller. */
export interface Embedder {
  /** One vector for each text, in order. Rejects with the gateway's refusal. */
  embed(call: EmbedCall): Promise<readonly Float32Array[]>;
  /** The model for stores that name none. Rejects with `model_not_found` when there is no embedding model at all. */
  defaultModel(keyId: string): Promise<string>;
}

export interface EmbedCall {
  readonly model: string;
  readonly texts: readonly string[];
  readonly keyId: string;
  /** Whether the call yields to all other requests. */
  readonly lowPriority: boolean;
  readonly requestId?: string;
  readonly traceparent?: string | null;
  readonly signal?: AbortSignal;
}

/** Limit of one batch of ingest: a busy machine may embed for minutes without sending anything. */
const silenceMs = 300_000;

const embeddingsSchema = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.union([z.string(), z.array(z.number())]) })),
});

const modelsSchema = z.object({
  data: z.array(z.object({ id: z.string(), kumiki: z.object({ task: z.string().optional() }).optional() })),
});

/** @param configuredModel the setting; null takes the first embedding model that the key may use. */
export function createEmbedder(gateway: GatewayClient, configuredModel: string | null): Embedder {
  return {
    async embed({ model, texts, keyId, lowPriority, requestId, traceparent, signal }) {
      const reply = await gateway.json(
        {
          method: 'POST',
          path: '/v1/embeddings',
          body: { model, input: texts, encoding_format: 'base64' },
          keyId,
          lowPriority,
          silenceMs,
          ...(traceparent === undefined ? {} : { traceparent }),
          ...(requestId === undefined || requestId === '' ? {} : { requestId }),
          ...(signal === undefined ? {} : { signal }),
        },
        embeddingsSchema,
      );
      const vectors: Float32Array[] = [];
      for (const { index, embedding } of reply.data) vectors[index] = decode(embedding);
      if (texts.some((_, index) => (vectors[index]?.length ?? 0) === 0)) {
        throw new KumikiError('upstream_error', { reason: `'${model}' gave fewer vectors than texts` });
      }
      return vectors;
    },
    async defaultModel(keyId) {
      if (configuredModel !== null) return configuredModel;
      const { data } = await gateway.json({ method: 'GET', path: '/v1/models', keyId }, modelsSchema);
      const found = data.find(({ kumiki }) => kumiki?.task === 'embedding');
      if (found === undefined) {
        const hint = ' Serve an embedding model, for example demo:embedding, or name one in kumiki.embedding_model.';
        throw new KumikiError('model_not_found', { model: 'of any embedding service', hint });
      }
      return found.id;
    },
  };
}

/** Little-endian float32 in base64, or numbers when a server ignores the requested format. */
function decode(embedding: string | readonly number[]): Float32Array {
  if (typeof embedding !== 'string') return Float32Array.from(embedding);
  const bytes = Buffer.from(embedding, 'base64');
  return Float32Array.from({ length: bytes.length >> 2 }, (_, index) => bytes.readFloatLE(index * 4));
}

/** A vector in pgvector's text form. */
export function toVectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

/** Whether a model has refused a text as too long. */
export function isTooLong(error: unknown): boolean {
  if (!(error instanceof KumikiError) || error.status >= 500) return false;
  return error.code === 'context_length_exceeded' || /context length|too long/i.test(error.message);
}
