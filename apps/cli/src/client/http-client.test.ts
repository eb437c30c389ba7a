import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { makeTestFolder, runCli } from '@kumiki/testing';

test('what a gateway left out of an answer is told on standard error, and the result stays whole', async () => {
  using folder = makeTestFolder();
  const reply = {
    object: 'list',
    data: [],
    missing_gateways: [{ gateway: 'gateway-2', reason: 'it answers with status\u001B[2J 500' }],
  };
  const server = createServer((_, response) => response.end(JSON.stringify(reply))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const at = ['--url', `http://127.0.0.1:${port}`, '--api-key', 'x'];
  const table = await runCli(folder.home, ['session', 'list', ...at]);
  const told = "Not all is here: the gateway 'gateway-2' did not say what it knows (it answers with status 500).\n";
  assert.deepEqual([table.status, table.stderr], [0, told]);
  assert.match(table.stdout, /^ID +KEY/);
  const json = await runCli(folder.home, ['session', 'list', '--json', ...at]);
  assert.deepEqual([JSON.parse(json.stdout), json.stderr], [reply, told]);
  server.close();
});
