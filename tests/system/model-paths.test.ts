import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { allPaths } from '@kumiki/api';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

let product: Product;
before(async () => {
  product = await startProduct([simulatedModel('sim')]);
});
after(() => product[Symbol.asyncDispose]());

const paths = allPaths.filter(({ owner }) => owner === 'gateway');

const ask = (url: string, method: string, headers: Readonly<Record<string, string>>): Promise<Response> =>
  fetch(url, { method, headers, ...(method === 'POST' ? { body: '{"model":"sim"}' } : {}) });

/** A worker has the routes of models, and none of the product's own. */
const isOfModels = (path: string): boolean => !path.startsWith('/v1/kumiki/');

test('what the table says that the gateway answers it answers, and a worker has each route of models', async () => {
  const [worker] = product.workers();
  const authorization = worker?.endpoint.authorization ?? '';
  assert.ok(paths.length >= 5);
  for (const { method, sample } of paths) {
    const path = sample.replace('/none', '/sim');
    const gateway = [`http://127.0.0.1:${product.port}`, `Bearer ${product.apiKey}`] as const;
    const ofWorker = [worker?.endpoint.url ?? '', authorization] as const;
    for (const [origin, key] of isOfModels(path) ? [gateway, ofWorker] : [gateway]) {
      const response = await ask(origin + path, method, { authorization: key, 'content-type': 'application/json' });
      const { error } = (await response.json()) as { error?: { code: string } };
      // A body without messages or input is refused by every implementation of the route.
      assert.ok(
        method === 'GET' ? response.status === 200 : error?.code === 'invalid_value',
        `${origin}${path} ${error?.code}`,
      );
    }
  }
});

test('a hidden continuation is refused at the door, by any spelling', async () => {
  const hidden = '{"kumiki_continuation":{"id":"chatcmpl-mine","created":1,"choices":[{"index":0,"token_ids":[300]}]}}';
  const messages = '"messages":[{"role":"user","content":"Hi"}]';
  for (const member of [
    `"__proto__":${hidden}`,
    String.raw`"\u005f_proto__":{"n":3}`,
    String.raw`"kumiki\u005fcontinuation":{}`,
    String.raw`"kumiki_resum\u0065":{"revision":null,"frames":""}`,
    '"stream":false,"messages":[]',
  ]) {
    const response = await fetch(`${product.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
      body: `{"model":"sim",${member},${messages}}`,
    });
    const { error } = (await response.json()) as { error: { code: string } };
    assert.equal(response.status, 400, member);
    assert.match(error.code, /^(?:unknown_parameter|invalid_json)$/, member);
  }
  const nested = `{"model":"sim","messages":[{"role":"user","content":"Hi","__proto__":{"name":"x"}}]}`;
  const response = await fetch(`${product.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${product.apiKey}`, 'content-type': 'application/json' },
    body: nested,
  });
  assert.match(await response.text(), /Unknown parameter: '__proto__'/);
});
