import { allPaths } from '@kumiki/api';
import { seededRandom } from '@kumiki/testing';
import type { OwnIds } from './hostile-routes.ts';
import { openIdPool } from './id-pool.ts';
import { type FuzzReport, runFuzz } from './run-fuzz.ts';
import { sampleBodies } from './sample-bodies.ts';
import { sendRaw } from './send-raw.ts';
import { chatModel, embeddingModel, type TwoProjects } from './two-projects.ts';

export interface FuzzProductOptions {
  readonly seed: number;
  readonly requests: number;
  readonly concurrency: number;
  readonly onProgress?: (done: number) => void;
}

/**
 * Sends mutated requests to every route, with a tenant's key and with the admin's; another tenant must not be affected.
 */
export async function fuzzProduct(two: TwoProjects, options: FuzzProductOptions): Promise<FuzzReport> {
  const { product, loudKey, loudIds, quietIds, secret } = two;
  const samples = sampleBodies({
    chatModel,
    embeddingModel,
    file: loudIds['file'] ?? '',
    store: loudIds['store'] ?? '',
  });
  const routes = allPaths.map(({ method, pattern, body }) => ({
    method,
    pattern,
    body: body.kind,
    sample: samples.get(`${method} ${pattern}`) ?? null,
  }));
  const random = seededRandom(options.seed);
  const pool = openIdPool(random, withoutModel(loudIds), withoutModel(quietIds));
  const report = await runFuzz({
    ...options,
    random,
    routes,
    idFor: pool.idFor,
    learn: pool.learn,
    port: product.port,
    apiKeys: [loudKey, loudKey, product.adminKey],
    secrets: [secret],
    firstDeath: product.firstDeath,
  });
  return { ...report, complaints: [...report.complaints, ...(await missing(two))] };
}

/** Without the model's id, since an admin could delete it. */
function withoutModel(ids: OwnIds): OwnIds {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== chatModel));
}

/** Data that the quiet project has lost. */
async function missing({ product, quietKey, quietIds, secret }: TwoProjects): Promise<string[]> {
  const complaints: string[] = [];
  const paths = {
    file: `/v1/files/${quietIds['file']}`,
    store: `/v1/vector_stores/${quietIds['store']}`,
    conversation: `/v1/conversations/${quietIds['conversation']}/items`,
    response: `/v1/responses/${quietIds['response']}`,
    chat: `/v1/kumiki/chats/${quietIds['chat']}`,
  };
  for (const [what, path] of Object.entries(paths)) {
    const headers = { authorization: `Bearer ${quietKey}` };
    const { status, text } = await sendRaw({ port: product.port, method: 'GET', path, headers, body: null });
    if (status !== 200 || !text.includes(secret)) complaints.push(`the quiet project's ${what} is changed: ${status}`);
  }
  return complaints;
}
