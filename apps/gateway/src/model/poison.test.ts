import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import {
  beginStream,
  chatFrame,
  doneFrame,
  startScriptedUpstream,
  usageFrame,
  type Script,
} from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';

const messages = Array.from({ length: 100 }, () => ({ role: 'user', content: 'a' }));
const poison = { model: 'm', seed: 666, messages, tools: [{ type: 'function', function: { name: 'look' } }] };
const harmless = { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true };

/** Answers every request except the poison, on which it breaks off as a killed process does. */
const script: Script = (body, response) => {
  if (body['seed'] === 666) return void response.destroy();
  beginStream(response);
  response.end(
    chatFrame('one', { tokens: [1], role: true }) + chatFrame('', { finish: 'stop' }) + usageFrame + doneFrame,
  );
};

async function startReplicas(context: TestContext, count: number, given: Script = script) {
  const replicas = await Promise.all(
    Array.from({ length: count }, (_, at) => startScriptedUpstream(`r${at}`, given, { healthProbe: true })),
  );
  context.after(() => Promise.all(replicas.map((replica) => replica.close())));
  const received = () => replicas.flatMap((replica) => replica.received.filter(({ body }) => body['seed'] === 666));
  return { endpoints: replicas.map(({ endpoint }) => endpoint), received };
}

test('what ends the replicas that it meets is refused after two, and told how much it is', async (context) => {
  for (const stream of [false, true]) {
    const { endpoints, received } = await startReplicas(context, 4);
    const gateway = await startTestGateway(context, endpoints);
    const refused = await gateway.chat({ ...poison, stream });
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    assert.deepEqual([refused.status, error.code], [422, 'poisonous_request']);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    assert.match(error.message, /ended or stopped the process .* 2 times .* \d+ bytes, 100 messages, 1 tools/);
    assert.equal(received().length, 2, `${stream}`);
    const [record] = gateway.gateway.requests.list({ limit: 1 }).data;
    assert.equal(record?.error_code, 'poisonous_request');
    const answer = await gateway.chat(harmless);
    assert.match(await answer.text(), /one[\s\S]*\[DONE\]/);
  }
});

test('whoever is lost beside the poison is answered elsewhere, and the poison tells by itself the next time', async (context) => {
  // Harmless requests wait until the poison ends their replica, unless they are the first at a replica.
  const held = new Set<() => void>();
  const { endpoints, received } = await startReplicas(context, 3, (body, response, nth) => {
    if (body['seed'] !== 666) {
      if (nth > 4) return script(body, response, nth);
      held.add(() => response.destroy());
      return;
    }
    for (const end of held) end();
    held.clear();
    response.destroy();
  });
  const gateway = await startTestGateway(context, endpoints);
  const answers = Array.from({ length: 6 }, () => gateway.chat(harmless));
  while (gateway.gateway.requests.open() < 6 || held.size < 6) await new Promise(setImmediate);
  const refused = await gateway.chat(poison);
  assert.equal(refused.status, 422);
  // Its first connection may have been a kept one.
  assert.ok(received().length <= 5, `${received().length}`);
  for (const answer of await Promise.all(answers)) {
    assert.equal(answer.status, 200);
    assert.match(await answer.text(), /\[DONE\]/);
  }
});

test('poison is charged in full, a refusal by the worker what its prompt is worth, and our own failure nothing', async (context) => {
  const { endpoints } = await startReplicas(context, 3, (body, response, nth) => {
    if (body['seed'] === 400) return void response.writeHead(400).end('{"error":{"message":"too long"}}');
    if (body['seed'] === 500) return void response.writeHead(500).end('{"error":{"message":"broken"}}');
    script(body, response, nth);
  });
  const limits = { tokens_per_minute: 10_000 };
  const left = async (body: unknown): Promise<number> => {
    const gateway = await startTestGateway(context, endpoints, { limits });
    await (await gateway.chat(body)).text();
    const after = await gateway.chat({ ...harmless, max_tokens: 1 });
    await after.text();
    return Number(after.headers.get('x-ratelimit-remaining-tokens'));
  };
  const untouched = await left({ ...harmless, seed: 500 });
  assert.ok(untouched > 9_900, `${untouched}`);
  assert.ok((await left({ ...poison, max_tokens: 6_000 })) < 4_000);
  const long = { ...harmless, seed: 400, messages: [{ role: 'user', content: 'a'.repeat(4_000) }] };
  const prompt = untouched - (await left(long));
  assert.ok(prompt > 900 && prompt < 1_100, `${prompt}`);
  const huge = { ...long, messages: [{ role: 'user', content: 'a'.repeat(30_000) }] };
  const bounded = untouched - (await left(huge));
  assert.ok(bounded > 2_400 && bounded < 2_600, `${bounded}`);
});
