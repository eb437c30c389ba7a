import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { type BrowserSessionList, type CreatedKey, type Session, sessionSchema, type SignInLink } from '@kumiki/api';
import { makeTestFolder, runCli, simulatedManifest, startCli, type TestFolder, untilReady } from '@kumiki/testing';

interface Ready {
  readonly origin: string;
  readonly consoleUrl: string;
}

async function startUp(folder: TestFolder): Promise<Ready & AsyncDisposable> {
  const manifest = folder.write('up.yaml', simulatedManifest('shop'));
  const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', manifest]);
  const ready = await untilReady(up);
  return {
    origin: ready.url.replace(/\/v1$/, ''),
    consoleUrl: ready.consoleUrl,
    async [Symbol.asyncDispose]() {
      up.child.kill('SIGTERM');
      await up.ended;
    },
  };
}

const ownPage = { 'sec-fetch-site': 'same-origin' };
const tokenOf = (url: string): string => url.split('#token=')[1] ?? '';

function signIn(origin: string, url: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify({ token: tokenOf(url) });
  return fetch(`${origin}/v1/kumiki/session`, {
    method: 'POST',
    headers: { ...ownPage, 'content-type': 'application/json', ...headers },
    body,
  });
}

/** The `cookie` header for a reply's `set-cookie`. */
function cookieOf(response: Response): string {
  const [cookie] = response.headers.getSetCookie();
  assert.match(cookie ?? '', /^kumiki_[0-9a-f]{8}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=1209600$/);
  return cookie?.split(';')[0] ?? '';
}

async function session(origin: string, headers: Record<string, string>): Promise<Session | string> {
  const response = await fetch(`${origin}/v1/kumiki/session`, { headers });
  const body = (await response.json()) as { error?: { code: string } };
  return body.error?.code ?? sessionSchema.parse(body);
}

async function refusal(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
}

async function newLink(folder: TestFolder, ...flags: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(folder.home, ['console', ...flags]);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

/** One product for the tests that neither restart it nor look at all that it stores. */
const folder = makeTestFolder();
const up = await startUp(folder);
after(async () => {
  await up[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('the link of up signs a browser in, once, for chat and for operating, until it signs out', async () => {
  assert.match(up.consoleUrl, new RegExp(`^${up.origin}/sign-in#token=[\\w-]{43}$`));
  const signedIn = await signIn(up.origin, up.consoleUrl);
  assert.equal(signedIn.status, 201);
  const cookie = cookieOf(signedIn);
  const opened = sessionSchema.parse(await signedIn.json());
  assert.deepEqual(
    [opened.key.name, opened.key.roles, opened.url],
    ['this machine', ['inference', 'admin'], up.origin],
  );
  assert.deepEqual(await session(up.origin, { cookie }), opened);

  const body = JSON.stringify({ model: 'shop', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 4 });
  const chat = (headers: Record<string, string>) =>
    fetch(`${up.origin}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  assert.equal((await chat({ cookie, ...ownPage })).status, 200);
  assert.deepEqual(await refusal(await chat({ cookie })), [403, 'cross_site_request']);
  assert.equal((await fetch(`${up.origin}/v1/kumiki/status`, { headers: { cookie } })).status, 200);
  assert.deepEqual(await refusal(await signIn(up.origin, up.consoleUrl)), [401, 'invalid_sign_in_link']);

  const signedOut = await fetch(`${up.origin}/v1/kumiki/session`, {
    method: 'DELETE',
    headers: { cookie, ...ownPage },
  });
  assert.equal(signedOut.status, 200);
  assert.match(signedOut.headers.get('set-cookie') ?? '', /=; .*Max-Age=0$/);
  assert.equal(await session(up.origin, { cookie }), 'invalid_session');
});

test('two browsers that open one link at once: one of them is signed in', async () => {
  const link = await newLink(folder);
  const replies = await Promise.all(Array.from({ length: 8 }, () => signIn(up.origin, link)));
  assert.deepEqual(
    replies.map(({ status }) => status).toSorted((a, b) => a - b),
    [201, 401, 401, 401, 401, 401, 401, 401],
  );
});

test('no other site signs a browser in, and guesses by the hundred neither succeed nor keep anybody out', async () => {
  const link = await newLink(folder);
  for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
    assert.deepEqual(await refusal(await signIn(up.origin, link, headers)), [403, 'cross_site_request']);
  }
  const guesses = await Promise.all(
    Array.from({ length: 200 }, (_, at) => signIn(up.origin, `#token=${String(at).padStart(43, 'x')}`)),
  );
  assert.ok(guesses.every(({ status }) => status === 401));
  const large = await signIn(up.origin, `#token=${'x'.repeat(100_000)}`);
  assert.deepEqual(await refusal(large), [413, 'body_too_large']);
  assert.equal((await signIn(up.origin, link, { 'x-forwarded-proto': 'https' })).status, 201);
});

test('a session lasts over a restart, ends with its key, and leaves its secrets in no file', async () => {
  using own = makeTestFolder();
  let cookie: string;
  let link: string;
  {
    await using running = await startUp(own);
    link = running.consoleUrl;
    cookie = cookieOf(await signIn(running.origin, link));
  }
  await using running = await startUp(own);
  assert.equal(typeof (await session(running.origin, { cookie })), 'object');
  assert.equal((await signIn(running.origin, link)).status, 401);
  const made = await runCli(own.home, ['key', 'create', 'boss', '--role', 'admin', '--json']);
  const key = JSON.parse(made.stdout) as CreatedKey;
  const url = await newLink(own, '--api-key', key.value, '--url', `${running.origin}/v1`);
  assert.ok(url.startsWith(`${running.origin}/sign-in#token=`), url);
  const boss = cookieOf(await signIn(running.origin, url));
  assert.equal(((await session(running.origin, { cookie: boss })) as Session).key.name, 'boss');
  assert.equal((await runCli(own.home, ['key', 'revoke', key.id])).status, 0);
  assert.equal(await session(running.origin, { cookie: boss }), 'invalid_session');
  assert.equal(typeof (await session(running.origin, { cookie })), 'object');

  const secrets = [cookie, boss].map((text) => text.split('=')[1] ?? '').concat(tokenOf(link), tokenOf(url));
  for (const file of readdirSync(own.home, { recursive: true, encoding: 'utf8' })) {
    if (file.startsWith('data/') || !/\.(log|json|key)$|^url$/.test(file)) continue;
    const text = readFileSync(join(own.home, file), 'latin1');
    for (const secret of secrets) assert.ok(!text.includes(secret), file);
  }
});

test('the console is at the one URL, for everybody, with the strict headers, and takes nothing from the API', async () => {
  const page = await fetch(`${up.origin}/sign-in`, { headers: { accept: 'text/html', 'accept-encoding': 'br' } });
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-encoding'), 'br');
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self'/);
  const html = await page.text();
  const [script] = /\/assets\/[\w-]+\.js/.exec(html) ?? [];
  assert.ok(script !== undefined, html);
  const asset = await fetch(up.origin + script);
  assert.deepEqual([asset.status, asset.headers.get('cache-control')?.includes('immutable')], [200, true]);
  const etag = page.headers.get('etag') ?? '';
  const known = await fetch(`${up.origin}/`, { headers: { 'if-none-match': etag, 'accept-encoding': 'br' } });
  assert.equal(known.status, 304);
  assert.deepEqual(await refusal(await fetch(`${up.origin}/v1/nothing`)), [404, 'unknown_route']);
  assert.deepEqual(await refusal(await fetch(`${up.origin}/api/tags`)), [404, 'unknown_route']);
  assert.deepEqual(await refusal(await fetch(`${up.origin}/chat`, { method: 'POST' })), [405, 'method_not_allowed']);
});

test('a key without the role admin signs in for itself, and its sessions end one by one and together', async () => {
  const made = await runCli(folder.home, ['key', 'create', 'app', '--json']);
  const app = JSON.parse(made.stdout) as CreatedKey;
  const asApp = ['--api-key', app.value];
  const cookies: string[] = [];
  for (let at = 0; at < 3; at++) cookies.push(cookieOf(await signIn(up.origin, await newLink(folder, ...asApp))));
  const [first = '', second = '', third = ''] = cookies;
  assert.equal(((await session(up.origin, { cookie: first })) as Session).key.name, 'app');
  const status = await fetch(`${up.origin}/v1/kumiki/status`, { headers: { cookie: first } });
  assert.deepEqual(await refusal(status), [403, 'permission_denied']);
  const own = await fetch(`${up.origin}/v1/kumiki/me/requests`, { headers: { cookie: first } });
  assert.equal(own.status, 200);

  const list = await runCli(folder.home, ['session', 'list', ...asApp, '--json']);
  const sessions = (JSON.parse(list.stdout) as BrowserSessionList).data;
  assert.equal(sessions.length, 3);
  const used = sessions.find(({ last_used_at: at }) => at !== null);
  assert.ok(used !== undefined && (used.last_used_at ?? 0) >= used.created_at);
  const table = await runCli(folder.home, ['session', 'list']);
  assert.match(table.stdout, /^session_\w+ +app +.* ago +not known +in 13d/m);

  const link = await linkOf(up.origin, second);
  const ended = await runCli(folder.home, ['session', 'end', sessions[1]?.id ?? '', ...asApp]);
  assert.equal(ended.stdout, `session/${sessions[1]?.id} ended\n`);
  assert.equal(await session(up.origin, { cookie: second }), 'invalid_session');
  assert.deepEqual(await refusal(await signIn(up.origin, link)), [401, 'invalid_sign_in_link']);
  assert.equal(typeof (await session(up.origin, { cookie: first })), 'object');
  const all = await runCli(folder.home, ['session', 'end', '--all', '--key', app.id]);
  assert.equal(all.stdout, '2 sessions ended\n');
  for (const cookie of [first, third]) assert.equal(await session(up.origin, { cookie }), 'invalid_session');
});

/** A sign-in link created with a browser's session. */
async function linkOf(origin: string, cookie: string): Promise<string> {
  const made = await fetch(`${origin}/v1/kumiki/sign_in_links`, { method: 'POST', headers: { cookie, ...ownPage } });
  return ((await made.json()) as SignInLink).url;
}

/** Sends a path unchanged, where `fetch` would normalise it. */
async function sendRaw(origin: string, method: string, path: string, headers: Record<string, string>): Promise<string> {
  const { port } = new URL(origin);
  const outgoing = request({ port, method, path, headers }).end();
  const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
  return `${reply.statusCode} ${(JSON.parse(await text(reply)) as { error?: { code: string } }).error?.code}`;
}

test('the door for signing in leads nowhere else, and what a browser says of itself is not believed', async () => {
  const cookie = cookieOf(await signIn(up.origin, await newLink(folder)));
  for (const path of [
    '/v1/kumiki/session/../keys',
    '/v1/kumiki/session/%2e%2e/keys',
    '/v1/kumiki/session/..%2fkeys',
    '/v1/kumiki/session//keys',
    '/v1/kumiki/session/sign_in_links',
  ]) {
    assert.equal(await sendRaw(up.origin, 'POST', path, {}), '404 unknown_route', path);
  }
  for (const path of ['/v1/kumiki/session%2f..%2fkeys', '/v1/kumiki/session;/keys', '/v1/kumiki/%73ession']) {
    assert.equal(await sendRaw(up.origin, 'POST', path, {}), '401 invalid_api_key', path);
  }
  const made = await runCli(folder.home, ['key', 'create', 'door', '--json']);
  const app = JSON.parse(made.stdout) as CreatedKey;
  const asApp = { authorization: `Bearer ${app.value}` };
  assert.equal(await sendRaw(up.origin, 'POST', '/v1/kumiki/sign_in_links/../keys', asApp), '404 unknown_route');
  for (const path of ['/v1/kumiki/me/../keys', '/v1/kumiki/sessions/%2e%2e/keys', '/v1/kumiki/me/keys']) {
    assert.equal(await sendRaw(up.origin, 'GET', path, asApp), '404 unknown_route', path);
  }
  const [, id] = /"id": "(session_\w+)"/.exec(readFileSync(join(folder.home, 'sessions.json'), 'utf8')) ?? [];
  const forged = { ...asApp, 'x-kumiki-session': id ?? '', 'x-kumiki-key': 'key_forged' };
  assert.equal(await sendRaw(up.origin, 'DELETE', '/v1/kumiki/session', forged), '409 conflict');
  assert.equal(await sendRaw(up.origin, 'DELETE', '/v1/kumiki/session', { cookie }), '403 cross_site_request');
  const acting = await session(up.origin, { cookie, 'x-kumiki-act-for': app.id });
  assert.equal((acting as Session).key.name, 'this machine');
});
