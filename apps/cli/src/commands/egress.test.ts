import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { makeTestFolder, runCli, startCli, untilReady } from '@kumiki/testing';

test('servers are listed in their one spelling, shown and taken back', async () => {
  using folder = makeTestFolder();
  const egress = async (...args: string[]) => runCli(folder.home, ['egress', ...args]);
  const allowed = await egress('allow', 'VLLM.Corp:8000', '10.1.2.3/8', '0x7f.1:80');
  assert.equal(
    allowed.stdout,
    'egress/vllm.corp:8000 allowed\negress/10.0.0.0/8 allowed\negress/127.0.0.1:80 allowed\n',
  );
  const list = await egress('list');
  assert.match(
    list.stdout,
    /^Public servers, and these:\nRULE +BY +AGE\nvllm\.corp:8000 +operator +\ds\n10\.0\.0\.0\/8 +operator/,
  );
  assert.equal((await egress('remove', '127.0.0.1:80')).status, 0);
  const gone = await egress('remove', '127.0.0.1:80');
  assert.deepEqual(
    [gone.status, gone.stderr],
    [1, 'error: Not listed: 127.0.0.1:80. There are: 10.0.0.0/8, vllm.corp:8000.\n'],
  );
  const wrong = await egress('allow', 'http://vllm.corp');
  assert.equal(wrong.status, 2);
  assert.match(wrong.stderr, /'http:\/\/vllm\.corp' is no server\. Write a host/);
  await egress('mode', 'listed');
  const json = JSON.parse((await egress('list', '--json')).stdout) as { mode: string; data: { rule: string }[] };
  assert.deepEqual([json.mode, json.data.map(({ rule }) => rule)], ['listed', ['vllm.corp:8000', '10.0.0.0/8']]);
});

function remoteManifest(name: string, url: string): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: ${url}
  engine:
    kind: openai
    apiKeyFrom: { secretKeyRef: { name: vendor } }
`;
}

test('a server on this machine serves when the operator names it, with a secret that he sets, and over the API only when listed', async () => {
  using folder = makeTestFolder();
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    heard.push(request.headers.authorization);
    request.resume();
    const choices = [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'near', choices }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await runCli(folder.home, ['secret', 'set', 'vendor'], 'sk-first');
  const file = folder.write('near.yaml', remoteManifest('near', `http://127.0.0.1:${port}/v1`));
  const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', file]);
  try {
    const ready = await untilReady(up);
    const post = async (path: string, body: unknown): Promise<Response> =>
      fetch(`${ready.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ready.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const ask = async (model: string): Promise<number> =>
      (await post('/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] })).status;
    assert.equal(await ask('near'), 200);
    assert.deepEqual(heard, ['Bearer sk-first']);

    const far = (name: string, host: string) => ({
      apiVersion: 'kumiki.dev/v1alpha1',
      kind: 'ModelService',
      metadata: { name },
      spec: { model: { source: `http://${host}/v1` } },
    });
    const self = new URL(ready.url).port;
    for (const host of [`127.0.0.1:${self}`, `localhost:${self}`, `127.0.0.1:${port + 1}`, '169.254.169.254']) {
      const reply = await post('/kumiki/services', { manifests: [far('far', host)] });
      const text = await reply.text();
      assert.equal(reply.status, 403, text);
      assert.match(text, /egress_denied/);
    }
    const own = folder.write('own.yaml', remoteManifest('own', `http://127.0.0.1:${self}/v1`));
    const applied = await runCli(folder.home, ['apply', '-f', own]);
    assert.match(applied.stderr, /a place of Kumiki itself.*'kumiki egress allow 127\.0\.0\.1:/);
    const second = folder.write('second.yaml', remoteManifest('second', `http://localhost:${port}/v1`));
    const listed = await runCli(folder.home, ['apply', '-f', second]);
    assert.deepEqual([listed.stdout, listed.stderr], ['modelservice/second created\n', ''], 'it is listed already');
    assert.equal(await ask('second'), 200);

    assert.match((await runCli(folder.home, ['secret', 'list'])).stdout, /^vendor +api-key +\d+s +near, second$/m);
    const kept = await runCli(folder.home, ['secret', 'delete', 'vendor']);
    assert.deepEqual([kept.status, /used by: near, second\./.test(kept.stderr)], [1, true]);
    await runCli(folder.home, ['secret', 'set', 'vendor'], 'sk-second');
    const limit = performance.now() + 30_000;
    while (heard.at(-1) !== 'Bearer sk-second' && performance.now() < limit) assert.equal(await ask('near'), 200);
    assert.equal(heard.at(-1), 'Bearer sk-second', 'it is sent without a restart');
    assert.equal((await runCli(folder.home, ['secret', 'delete', 'vendor', '--force'])).status, 0);
  } finally {
    up.child.kill('SIGTERM');
    const { stdout, stderr } = await up.ended;
    server.close();
    server.closeAllConnections();
    assert.match(stderr, new RegExp(`^127.0.0.1:${port} may be reached from now on, since a manifest names it`));
    assert.doesNotMatch(`${stdout}${stderr}`, /sk-first|sk-second/);
  }
});
