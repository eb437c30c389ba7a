import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadFile } from './load-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'kumiki-load-'));
const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close().closeAllConnections();
  rmSync(folder, { recursive: true });
});

const content = randomBytes(300_000);
const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.gguf`;
}

const load = (url: string, file: string, wanted = digest) =>
  loadFile({ url, digest: wanted, file: join(folder, file), say: () => undefined, retryMs: 1, silenceMs: 500 });

test('a connection that breaks off or falls silent is resumed from where it stopped', async () => {
  const starts: number[] = [];
  const url = await serve((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    starts.push(from);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': content.length - from });
    if (starts.length > 2) response.end(content.subarray(from));
    else response.write(content.subarray(from, from + 50_000), () => starts.length === 2 && response.socket?.end());
  });
  assert.deepEqual(await load(url, 'broken'), { ok: true, bytes: content.length });
  assert.deepEqual(readFileSync(join(folder, 'broken')), content);
  assert.equal(starts.length, 3);
  assert.ok((starts[1] ?? 0) > 0 && (starts[2] ?? 0) >= (starts[1] ?? 0), String(starts));
});

test('a file with another digest is not kept', async () => {
  const url = await serve((_, response) => response.end('another file'));
  const loaded = await load(url, 'other');
  assert.match(loaded.ok ? '' : loaded.reason, /spec\.model\.digest says sha256:/);
  assert.ok(!existsSync(join(folder, 'other')) && !existsSync(join(folder, 'other.part')));
});

test('what a server does not have is not asked for again; a file that is there is not loaded', async () => {
  let requests = 0;
  const url = await serve((_, response) => {
    requests += 1;
    response.writeHead(404).end();
  });
  assert.deepEqual(await load(url, 'absent'), { ok: false, reason: 'the server answered with 404' });
  assert.equal(requests, 1);
  writeFileSync(join(folder, 'there'), content);
  assert.deepEqual(await load(url, 'there'), { ok: true, bytes: content.length });
  assert.equal(requests, 1);
});
