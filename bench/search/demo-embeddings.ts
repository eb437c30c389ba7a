import { fileURLToPath } from 'node:url';
import { createLlamaEngine } from '../../apps/worker/src/engine/llama/create-llama-engine.ts';
import { KumikiError } from '../../packages/api/src/errors/errors.ts';
import type { GatewayCall, GatewayClient } from '../../packages/service/src/index.ts';

const modelPath = fileURLToPath(new URL('../../models/demo/embedding/kumiki-demo-embedding.gguf', import.meta.url));
const notHere = (): never => {
  throw new Error('The search service asks for models and vectors only.');
};

/** The gateway interface of the search service, with the demo embedding model on the real engine. */
export async function startDemoEmbeddings(): Promise<GatewayClient & { end(): Promise<void> }> {
  const { signal } = new AbortController();
  const engine = await createLlamaEngine({ modelPath, task: 'embedding', onProgress: () => undefined, signal });
  const { contextTokens } = engine.model;
  const embed = async (text: string): Promise<number[]> => {
    const tokens = engine.tokenize(text, false);
    if (tokens.length > contextTokens)
      throw new KumikiError('context_length_exceeded', {
        contextTokens,
        requestedTokens: tokens.length,
        promptTokens: tokens.length,
        completionTokens: 0,
      });
    return [...(await engine.embed(tokens, signal))];
  };
  return {
    send: notHere,
    exchange: notHere,
    close: () => undefined,
    async json<Value>({ path, body }: GatewayCall): Promise<Value> {
      if (path.startsWith('/v1/models'))
        return { data: [{ id: 'demo-embedding', kumiki: { task: 'embedding' } }] } as Value;
      const { input } = body as { readonly input: readonly string[] };
      const data = [];
      for (const [index, text] of input.entries()) data.push({ index, embedding: await embed(text) });
      return { data } as Value;
    },
    end: () => engine.close(),
  };
}
