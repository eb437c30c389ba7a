import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Endpoint, ModelRoute } from '@kumiki/api';
import { until } from '@kumiki/testing';
import OpenAI from 'openai';
import { type Product, startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** Replicas that crash at every request, but are healthy between them. */

let product: Product;
let conversations: ConversationsService;
let client: OpenAI;
let asked = 0;

/** They work for a while, since a connection that closes at once may look like an idle one. */
const workMs = 400;

const servers = [0, 1, 2, 3].map(() =>
  createServer((request, response) => {
    if (request.url === '/health') return void response.end();
    request.resume();
    request.on('end', () => {
      asked++;
      setTimeout(() => response.destroy(), workMs);
    });
  }),
);

before(async () => {
  product = await startProduct([simulatedModel('chat')]);
  conversations = await startConversationsService(product);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
  const endpoints: Endpoint[] = [];
  for (const [at, server] of servers.entries()) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoints.push({
      id: `mortal-${at}`,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      authorization: null,
      upstreamModel: null,
      revision: 'r',
      state: 'ready',
      continuation: 'token_ids',
      maxInFlight: 8,
      healthProbe: true,
      egress: 'internal',
    });
  }
  const deadlines = {
    connectMs: 1_000,
    headersMs: 5_000,
    firstTokenMs: 5_000,
    betweenTokensMs: 5_000,
    totalMs: 20_000,
  };
  const route: ModelRoute = {
    model: 'mortal',
    aliases: [],
    task: 'chat',
    service: 'm',
    created: 1,
    deadlines,
    endpoints,
  };
  product.addOutside(route);
});
after(async () => {
  await conversations[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
});

test('a response in the background over which replicas end is failed for good, with the reason', async () => {
  const { id } = await client.responses.create({ model: 'mortal', input: 'hello', background: true });
  await until('it has ended', 20_000, async () => (await client.responses.retrieve(id)).status === 'failed');
  const { error } = await client.responses.retrieve(id);
  assert.equal(error?.code, 'poisonous_request');
  assert.match(error?.message ?? '', /2 times and brought nothing/);
  assert.equal(asked, 2);
});

test('a response that is waited for is refused, and a stream of one, too', async () => {
  for (const stream of [false, true]) {
    asked = 0;
    const created = client.responses.create({ model: 'mortal', input: 'hello', stream });
    await assert.rejects(
      Promise.resolve(created).then(async (reply) => {
        if (Symbol.asyncIterator in reply)
          for await (const event of reply) assert.notEqual(event.type, 'response.completed');
      }),
      { status: 422, code: 'poisonous_request' },
    );
    assert.equal(asked, 2);
  }
});
