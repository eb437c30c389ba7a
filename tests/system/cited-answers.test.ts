import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { type FilesService, startFilesService } from '../product/files-service.ts';
import { demoChat, demoEmbedding, type Product, startProduct } from '../product/product.ts';
import { type ConversationsService, startConversationsService } from './conversations-service.ts';

/** A document is uploaded, searched and cited: both services, both demo models and one database together. */

let product: Product;
let service: ConversationsService;
let files: FilesService;
let client: OpenAI;
before(async () => {
  product = await startProduct([demoChat, demoEmbedding]);
  service = await startConversationsService(product);
  files = await startFilesService(product, service.database);
  service.route([await service.startReplica('cited', service.database)], files.routes);
  client = new OpenAI({ baseURL: product.baseUrl, apiKey: product.apiKey, maxRetries: 0 });
});
after(async () => {
  await files[Symbol.asyncDispose]();
  await service[Symbol.asyncDispose]();
  await product[Symbol.asyncDispose]();
});

test('an answer out of an uploaded document cites it, with file, name and place', async () => {
  const store = await client.vectorStores.create({ name: 'services' });
  const text = '# Ports\n\nThe billing service listens on port 4821.\n';
  const file = await client.vectorStores.files.uploadAndPoll(store.id, await toFile(Buffer.from(text), 'ports.md'));
  assert.equal(file.status, 'completed', JSON.stringify(file.last_error));
  const response = await client.responses.create({
    model: demoChat.model,
    temperature: 0,
    input: 'Which port does the billing service listen on?',
    tools: [{ type: 'file_search', vector_store_ids: [store.id] }],
    include: ['file_search_call.results'],
  });
  assert.match(response.output_text, /4821/);
  const [search, message] = response.output;
  assert.ok(search?.type === 'file_search_call' && message?.type === 'message');
  assert.deepEqual([search.status, search.results?.[0]?.file_id], ['completed', file.id]);
  const [part] = message.content;
  const cited = part?.type === 'output_text' ? part.annotations : [];
  assert.ok(cited.length > 0, response.output_text);
  assert.ok(
    cited.every((one) => one.type === 'file_citation' && one.file_id === file.id && one.filename === 'ports.md'),
  );
});

test('a search in a store that is not there, or is another project’s, is refused before the answer begins', async () => {
  const store = await client.vectorStores.create({ name: 'private' });
  const stranger = new OpenAI({
    baseURL: product.baseUrl,
    apiKey: product.addKey({ project: 'stranger' }),
    maxRetries: 0,
  });
  const ask = (who: OpenAI, id: string) =>
    who.responses.create({
      model: demoChat.model,
      input: 'Which port?',
      tools: [{ type: 'file_search', vector_store_ids: [id] }],
    });
  await assert.rejects(ask(client, 'vs_nothing'), OpenAI.NotFoundError);
  await assert.rejects(ask(stranger, store.id), OpenAI.NotFoundError);
});
