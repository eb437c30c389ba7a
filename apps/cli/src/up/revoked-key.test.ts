import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreatedKey } from '@kumiki/api';
import { makeTestFolder, simulatedManifest, startCli, untilReady } from '@kumiki/testing';

test('a followed log, the live stream and an answer end when their key is revoked, the other key goes on', async () => {
  using folder = makeTestFolder();
  const manifest = folder.write('up.yaml', simulatedManifest('sim', { interTokenLatencyMs: 50 }));
  const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', manifest]);
  const ready = await untilReady(up);
  const ask = (key: string, path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') =>
    fetch(`${ready.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const made = await ask(ready.apiKey, '/kumiki/keys', { name: 'guest', roles: ['inference', 'admin'] });
  const { id, value } = (await made.json()) as CreatedKey;
  const replica = ready.status.services[0]?.replicas[0]?.id ?? '';
  const logs = `/kumiki/replicas/${replica}/logs?follow=true`;
  const long = { model: 'sim', stream: true, messages: [{ role: 'user', content: '[[length=2000]]' }] };
  const streams = await Promise.all([
    ask(value, logs),
    ask(value, '/kumiki/live'),
    ask(value, '/chat/completions', long),
  ]);
  const own = (await ask(ready.apiKey, logs)).body?.getReader();
  assert.deepEqual(
    streams.map(({ status }) => status),
    [200, 200, 200],
  );
  assert.equal((await ask(ready.apiKey, `/kumiki/keys/${id}`, undefined, 'DELETE')).status, 200);
  const revokedAt = performance.now();
  for (const stream of streams) assert.match(await stream.text(), /"code":"credential_revoked"/);
  assert.ok(performance.now() - revokedAt < 2_000);
  assert.equal((await own?.read())?.done, false);
  await own?.cancel();
  up.child.kill('SIGTERM');
  assert.equal((await up.ended).status, 0);
});
