import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import { beginStream, chatFrame, doneFrame, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { startTestGateway } from '../testing/test-gateway.ts';

const ask = { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] };

async function startZones(context: TestContext) {
  const held: ServerResponse[] = [];
  const start = async (zone: string) => {
    const upstream = await startScriptedUpstream(
      zone,
      (_body, response) => {
        beginStream(response);
        response.write(chatFrame('a', { role: true, tokens: [1] }));
        held.push(response);
      },
      { zone, maxRunning: 2 },
    );
    context.after(() => upstream.close());
    return upstream;
  };
  return { near: await start('zone-a'), far: await start('zone-b'), held };
}

test('requests stay in the zone of their gateway until one would wait there', async (context) => {
  const { near, far, held } = await startZones(context);
  const gateway = await startTestGateway(context, [far.endpoint, near.endpoint], { edge: { zone: 'zone-a' } });
  const answers: Response[] = [];
  const counts: [number, number][] = [];
  for (let request = 0; request < 4; request++) {
    const answer = await gateway.chat(ask);
    assert.equal(answer.status, 200);
    answers.push(answer);
    counts.push([near.received.length, far.received.length]);
  }
  assert.deepEqual(counts, [
    [1, 0],
    [2, 0],
    [2, 1],
    [2, 2],
  ]);
  for (const response of held) response.end(chatFrame('', { finish: 'stop', tokens: [2] }) + doneFrame);
  for (const answer of answers) await answer.text();
});

test('a gateway without a zone takes all replicas for alike', async (context) => {
  const { near, far, held } = await startZones(context);
  const gateway = await startTestGateway(context, [far.endpoint, near.endpoint]);
  const answers = [await gateway.chat(ask), await gateway.chat(ask)];
  assert.deepEqual([near.received.length, far.received.length], [1, 1]);
  for (const response of held) response.end(chatFrame('', { finish: 'stop', tokens: [2] }) + doneFrame);
  for (const answer of answers) await answer.text();
});
