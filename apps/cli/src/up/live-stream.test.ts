import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveEvent, liveEventSchema, loadHistorySchema, requestListSchema } from '@kumiki/api';
import { makeTestFolder, simulatedManifest, startCli, untilReady } from '@kumiki/testing';

/** The events of a live stream as they come. */
async function* readLive(response: Response): AsyncGenerator<LiveEvent> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const frames = text.split('\n\n');
    text = frames.pop() ?? '';
    for (const frame of frames) yield liveEventSchema.parse(JSON.parse(frame.slice('data: '.length)));
  }
  assert.equal(text, '', 'a stream that ends well ends with a whole event');
}

test('one stream shows a request from its beginning to its end, its replica dying, and ends when Kumiki does', async () => {
  using folder = makeTestFolder();
  const manifest = folder.write('up.yaml', simulatedManifest('sim', { replicas: 2, interTokenLatencyMs: 10 }));
  const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', manifest]);
  const { url: baseUrl, apiKey: key } = await untilReady(up);
  const url = baseUrl.replace(/\/v1$/, '');
  const authorization = `Bearer ${key}`;
  const get = (path: string): Promise<Response> => fetch(`${url}${path}`, { headers: { authorization } });
  const chat = fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim', stream: true, messages: [{ role: 'user', content: '[[length=200]]' }] }),
  }).then((reply) => reply.text());

  let pids = new Map<string, number>();
  let killed: string | null = null;
  const kinds: string[] = [];
  const outcomes: string[] = [];
  let stopped = false;
  for await (const event of readLive(await get('/v1/kumiki/live'))) {
    kinds.push(event.type === 'change' ? event.change.kind : event.type);
    if (event.type === 'status') {
      const replicas = event.status.services.flatMap((service) => service.replicas);
      pids = new Map(replicas.map(({ id, pid }) => [id, pid ?? 0]));
    }
    if (event.type === 'request' && event.request.path === '/v1/chat/completions') {
      outcomes.push(`${event.request.outcome} ${event.request.continuations}`);
      const pid = pids.get(event.request.replica ?? '');
      if (killed === null && event.request.first_token_at !== null && pid !== undefined) {
        killed = event.request.replica;
        process.kill(pid, 'SIGKILL');
      }
    }
    if (!stopped && outcomes.at(-1) === 'completed 1' && kinds.includes('replica.restarted')) {
      stopped = true;
      await checkLists(get);
      up.child.kill('SIGTERM');
    }
  }
  assert.deepEqual(kinds.slice(0, 2), ['status', 'load']);
  assert.ok(kinds.includes('replica.failed'), kinds.join());
  assert.match(outcomes[0] ?? '', /^open/);
  assert.match(await chat, /\[DONE\]/);
  assert.equal((await up.ended).status, 0);
});

async function checkLists(get: (path: string) => Promise<Response>): Promise<void> {
  const list = requestListSchema.parse(await (await get('/v1/kumiki/requests?model=sim')).json());
  assert.equal(list.data.length, 1);
  assert.equal(list.data[0]?.attempts.length, 2);
  loadHistorySchema.parse(await (await get('/v1/kumiki/load')).json());
}
