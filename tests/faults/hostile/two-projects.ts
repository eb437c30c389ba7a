import { randomBytes } from 'node:crypto';
import { until } from '@kumiki/testing';
import { demoModels, pacedModel, startHostileProduct, type HostileProduct } from './hostile-product.ts';
import type { OwnIds } from './hostile-routes.ts';

/** The model that both projects use. */
export const chatModel = 'paced';
export const embeddingModel = 'demo-embedding';

const readyLimitMs = 120_000;

/** The product with two tenants: a hostile one, and a quiet one with data. */
export interface TwoProjects extends AsyncDisposable {
  readonly product: HostileProduct;
  readonly loudKey: string;
  readonly quietKey: string;
  readonly loudIds: OwnIds;
  readonly quietIds: OwnIds;
  /** Contained in everything that the quiet project has stored, and nowhere else. */
  readonly secret: string;
}

export interface LoudLimits {
  readonly requests_per_minute: number | null;
  readonly tokens_per_minute: number | null;
  readonly max_concurrent: number | null;
}

const unlimited: LoudLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };

export async function startTwoProjects(loudLimits: LoudLimits = unlimited): Promise<TwoProjects> {
  const product = await startHostileProduct(pacedModel(chatModel, 2) + demoModels);
  try {
    const loudKey = await product.addKey({ name: 'loud', project: 'loud', limits: { ...loudLimits } });
    const quietKey = await product.addKey({ name: 'quiet', project: 'quiet' });
    const secret = `secret-${randomBytes(12).toString('hex')}`;
    return {
      product,
      loudKey,
      quietKey,
      secret,
      loudIds: await plant(product, loudKey, 'nothing worth knowing'),
      quietIds: await plant(product, quietKey, secret),
      [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
    };
  } catch (error) {
    await product[Symbol.asyncDispose]();
    throw error;
  }
}

/** Stores one of each kind of data in a project, containing the text. */
async function plant(product: HostileProduct, key: string, text: string): Promise<OwnIds> {
  const send = async (path: string, body: unknown): Promise<string> => {
    const form = body instanceof FormData;
    const reply = await fetch(product.origin + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, ...(form ? {} : { 'content-type': 'application/json' }) },
      body: form ? body : JSON.stringify(body),
    });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return ((await reply.json()) as { id: string }).id;
  };
  const upload = new FormData();
  upload.set('purpose', 'assistants');
  upload.set('file', new Blob([`The document says: ${text}.`], { type: 'text/plain' }), `${text}.txt`);
  const file = await send('/v1/files', upload);
  const store = await send('/v1/vector_stores', { name: text, file_ids: [file], metadata: { text } });
  const message = { type: 'message', role: 'user', content: text };
  const conversation = await send('/v1/conversations', { items: [message], metadata: { text } });
  const asked = { model: chatModel, input: text, instructions: text, metadata: { text }, max_output_tokens: 16 };
  const response = await send('/v1/responses', asked);
  const chat = await send('/v1/kumiki/chats', { title: text, settings: { model: chatModel, instructions: text } });
  await until('the planted file is searchable', readyLimitMs, async () => {
    const reply = await fetch(`${product.origin}/v1/vector_stores/${store}`, {
      headers: { authorization: `Bearer ${key}` },
    });
    return ((await reply.json()) as { status: string }).status === 'completed';
  });
  return { file, store, conversation, response, chat, model: chatModel };
}
