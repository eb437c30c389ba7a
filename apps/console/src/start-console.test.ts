import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { createLog } from '@kumiki/service';
import { startConsole } from './start-console.ts';

const page = '<!doctype html><title>Kumiki</title>';
const script = 'export const answer = 42;\n'.repeat(100);

/** A folder such as a build leaves behind, and what must not be served from it or beside it. */
function makeBuild(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'kumiki-console-'));
  context.after(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'dist');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const write = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);
  write('index.html', page);
  write('assets/main-4f5a.js', script);
  write('assets/main-4f5a.js.br', brotliCompressSync(script));
  write('assets/main-4f5a.js.gz', gzipSync(script));
  write('icon.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  write('notes.secret', 'not for a browser');
  writeFileSync(join(root, 'outside.txt'), 'outside');
  symlinkSync(join(root, 'outside.txt'), join(folder, 'inside.txt'));
  return folder;
}

interface Reply {
  readonly status: number | undefined;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: Buffer;
}

/** Sends a path unchanged; `fetch` would normalise it. */
async function startTestConsole(context: TestContext, folder: string) {
  const log = createLog({ service: 'console', level: 'silent' });
  const server = await startConsole({ host: '127.0.0.1', port: 0, token: 'token', log, folder });
  context.after(server.close);
  return async (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> => {
    const authorization = 'Bearer token';
    const outgoing = request({ port: server.port, path, method, headers: { authorization, ...headers } }).end();
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of reply) chunks.push(chunk as Buffer);
    return { status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks) };
  };
}

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('every view of the console is the one page, which is revalidated each time', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  for (const path of ['/', '/index.html', '/sign-in', '/chat/chat_1?branch=resp_2', '/models/']) {
    const { status, headers, body } = await get(path, browser);
    assert.deepEqual([status, body.toString()], [200, page], path);
    assert.equal(headers['cache-control'], 'no-cache');
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
  }
});

test('a client of another API that looks for a path gets a 404', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  for (const [path, accept] of [
    ['/api/tags', 'application/json'],
    ['/models', '*/*'],
    ['/favicon.ico', browser.accept],
    ['/.env', browser.accept],
  ] as const) {
    const { status, body } = await get(path, { accept });
    assert.equal(status, 404, path);
    assert.equal((JSON.parse(body.toString()) as { error: { code: string } }).error.code, 'unknown_route');
  }
});

test('files come in the smallest encoding that is wanted, and are kept for ever where their name says so', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  const path = '/assets/main-4f5a.js';
  const plain = await get(path);
  assert.equal(plain.body.toString(), script);
  assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
  const brotli = await get(path, { 'accept-encoding': 'gzip, br' });
  assert.equal(brotli.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(brotli.body).toString(), script);
  const gzip = await get(path, { 'accept-encoding': 'gzip' });
  assert.equal(gunzipSync(gzip.body).toString(), script);
  assert.equal(new Set([plain, brotli, gzip].map(({ headers }) => headers['etag'])).size, 3);
  assert.ok([plain, brotli, gzip].every(({ headers }) => headers['vary'] === 'accept-encoding'));
  assert.equal((await get('/icon.svg')).headers['cache-control'], 'no-cache');
});

test('a browser that has the content is told so, and HEAD has the headers without it', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  const { headers } = await get('/');
  const etag = String(headers['etag']);
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const reply = await get('/', { 'if-none-match': known });
    assert.deepEqual([reply.status, reply.body.length, reply.headers['etag']], [304, 0, etag], known);
    assert.match(String(reply.headers['content-security-policy']), /default-src 'none'/);
  }
  assert.equal((await get('/', { 'if-none-match': '"other"' })).status, 200);
  const head = await get('/', {}, 'HEAD');
  assert.deepEqual([head.status, head.body.length], [200, 0]);
  assert.equal(head.headers['content-length'], String(page.length));
});

test('no path leads out of the folder, nor to what is no part of a page', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  for (const path of [
    '/../outside.txt',
    '/assets/../../outside.txt',
    '/..%2foutside.txt',
    '/%2e%2e/outside.txt',
    '/..\\outside.txt',
    '//etc/passwd.txt',
    '/inside.txt',
    '/notes.secret',
    '/assets/main-4f5a.js.br',
    '/assets/main-4f5a.js%00.txt',
    '/__proto__.js',
  ]) {
    assert.equal((await get(path)).status, 404, path);
  }
});

test('every reply carries the strict headers, refusals too', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  for (const reply of [await get('/'), await get('/none.js'), await get('/', {}, 'POST'), await get('/icon.svg')]) {
    const policy = String(reply.headers['content-security-policy']);
    for (const part of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.includes(part), part);
    }
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.equal(reply.headers['referrer-policy'], 'no-referrer');
    assert.equal(reply.headers['cross-origin-opener-policy'], 'same-origin');
  }
});

test('only the gateway is served, and only what reads', async (context) => {
  const get = await startTestConsole(context, makeBuild(context));
  for (const authorization of ['', 'Bearer wrong', 'token'])
    assert.equal((await get('/', { authorization })).status, 401);
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
    const reply = await get('/', {}, method);
    assert.deepEqual([reply.status, reply.headers['allow']], [405, 'GET, HEAD'], method);
  }
});

test('a console that was not built says how to build it', async (context) => {
  const get = await startTestConsole(context, join(tmpdir(), 'kumiki-no-such-folder'));
  const { status, body } = await get('/');
  assert.equal(status, 503);
  assert.match(body.toString(), /has not been built; scripts\/build-console\.mjs/);
});
