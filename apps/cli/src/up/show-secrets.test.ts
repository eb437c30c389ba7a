import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  type CliProcess,
  makeTestFolder,
  runCli,
  simulatedManifest,
  startCli,
  type TestFolder,
  untilReady,
} from '@kumiki/testing';
import { cliEntry } from '../index.ts';

/** Credentials: an API key, and the token of a link. */
const secret = /kmk_|token=/;

const linkFile = (folder: TestFolder): string => join(folder.home, 'sign-in-link');
const keyFile = (folder: TestFolder): string => join(folder.home, 'admin.key');
const readSecret = (path: string): string => {
  assert.equal(statSync(path).mode & 0o777, 0o600, path);
  return readFileSync(path, 'utf8').trim();
};

function upArgs(folder: TestFolder, ...more: string[]): string[] {
  return ['up', '--port', '0', '-f', folder.write('up.yaml', simulatedManifest('shop')), ...more];
}

async function signIn(origin: string, link: string, more: Record<string, string> = {}): Promise<Response> {
  return fetch(`${origin}/v1/kumiki/session`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...more },
    body: JSON.stringify({ token: link.split('#token=')[1] }),
  });
}

/** Everything that a start wrote outside the files meant for credentials. */
function logsOf(folder: TestFolder): Map<string, string> {
  const logs = join(folder.home, 'logs');
  return new Map(readdirSync(logs).map((name) => [name, readFileSync(join(logs, name), 'utf8')]));
}

async function useIt(folder: TestFolder, origin: string): Promise<string[]> {
  const link = readSecret(linkFile(folder));
  const key = readSecret(keyFile(folder));
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/sign-in#token=[\w-]{43}$/);
  const signedIn = await signIn(origin, link);
  assert.equal(signedIn.status, 201);
  const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const asked = await fetch(`${origin}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(asked.status, 200);
  const refused = await fetch(`${origin}/v1/models`, { headers: { authorization: `Bearer ${key}x` } });
  assert.equal(refused.status, 401);
  const made = await runCli(folder.home, ['key', 'create', 'app']);
  return [link.split('#token=')[1] ?? '', key, cookie.split('=')[1] ?? '', made.stdout.trim()];
}

const starts: readonly [string, string[], (up: CliProcess) => Promise<unknown>][] = [
  ['in words', [], (up) => up.saying(/^Try /m)],
  ['as JSON', ['--json'], untilReady],
];
for (const [how, flags, isUp] of starts) {
  test(`up tells a pipe no key and no link, but files of the user alone that hold them (${how})`, async () => {
    using folder = makeTestFolder();
    const up = startCli(folder.home, upArgs(folder, ...flags));
    await isUp(up);
    const origin = readFileSync(join(folder.home, 'url'), 'utf8').trim();
    const secrets = await useIt(folder, origin);
    up.child.kill('SIGTERM');
    const { status, stdout, stderr } = await up.ended;
    assert.equal(status, 0, stderr);
    assert.ok(stdout.includes(linkFile(folder)) && stdout.includes(keyFile(folder)), stdout);
    assert.ok(!existsSync(linkFile(folder)), 'the link is worth nothing once its product has ended');
    const written = new Map([...logsOf(folder), ['stdout', stdout], ['stderr', stderr]]);
    assert.ok(written.has('up.log') && written.size >= 4, [...written.keys()].join());
    for (const [name, text] of written) {
      assert.doesNotMatch(text, secret, name);
      for (const one of secrets) assert.ok(one.length >= 40 && !text.includes(one), name);
    }
  });
}

const noTerminal = existsSync('/usr/bin/script') ? false : 'no script(1) here, which makes a terminal';

test(
  'up tells a terminal the key once and a link each time, and leaves no link in a file',
  { skip: noTerminal },
  async () => {
    using folder = makeTestFolder();
    const shown = async (): Promise<string> => {
      const command = [process.execPath, cliEntry, ...upArgs(folder)].map((part) => `'${part}'`).join(' ');
      const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], {
        env: { PATH: process.env['PATH'], HOME: folder.home, KUMIKI_HOME: folder.home, NO_COLOR: '1', TERM: 'xterm' },
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const ended = new Promise((resolve) => {
        child.on('close', resolve);
      });
      let text = '';
      for await (const chunk of child.stdout.setEncoding('utf8')) {
        text += String(chunk);
        if (/^Try /m.test(text)) break;
      }
      assert.ok(!existsSync(linkFile(folder)));
      assert.equal((await runCli(folder.home, ['down'])).status, 0);
      await ended;
      return text;
    };
    const first = await shown();
    assert.match(first, /Console +http:\/\/127\.0\.0\.1:\d+\/sign-in#token=[\w-]{43}/);
    assert.ok(first.includes(`API key  ${readSecret(keyFile(folder))}`), first);
    const second = await shown();
    assert.match(second, /\/sign-in#token=[\w-]{43}/);
    assert.doesNotMatch(second, /kmk_/);
  },
);

test('listening for others says that it is in the clear, tells an address that they can reach, and serves this machine', async () => {
  using folder = makeTestFolder();
  const up = startCli(folder.home, upArgs(folder, '--host', '0.0.0.0', '--json'));
  const { url, consoleUrl } = await untilReady(up);
  const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const ipv4 = outside.filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address);
  const { hostname } = new URL(url);
  if (ipv4.length > 0) assert.ok(ipv4.includes(hostname), url);
  assert.equal(new URL(consoleUrl).hostname, hostname);
  assert.equal((await fetch(`${url}/models`)).status, 401);
  const status = await runCli(folder.home, ['status']);
  assert.equal(status.status, 0, status.stderr);
  assert.match(readFileSync(join(folder.home, 'url'), 'utf8'), /^http:\/\/127\.0\.0\.1:/);
  up.child.kill('SIGTERM');
  const { stdout } = await up.ended;
  assert.match(
    stdout,
    /"type":"warning","message":"Kumiki listens on every address of this machine, port \d+, without TLS/,
  );
});

test('with a public URL links lead there, cookies are for TLS alone, and a wrong one is refused', async () => {
  using folder = makeTestFolder();
  for (const wrong of ['https://ai.example/kumiki', 'ai.example']) {
    const { status, stderr } = await runCli(folder.home, ['up', '--public-url', wrong]);
    assert.equal(status, 2);
    assert.match(stderr, /It must be http:\/\/ or https:\/\/, a host, and nothing behind it/);
  }
  const settings = { KUMIKI_PUBLIC_URL: 'https://ai.example/' };
  const up = startCli(folder.home, upArgs(folder, '--json'), '', settings);
  const { url, consoleUrl } = await untilReady(up);
  assert.equal(url, 'https://ai.example/v1');
  assert.match(consoleUrl, /^https:\/\/ai\.example\/sign-in#token=/);
  const link = (await runCli(folder.home, ['console'])).stdout.trim();
  assert.match(link, /^https:\/\/ai\.example\/sign-in#token=/);
  const local = readFileSync(join(folder.home, 'url'), 'utf8').trim();
  const signedIn = await signIn(local, link);
  assert.match(signedIn.headers.getSetCookie()[0] ?? '', /; Secure$/);
  up.child.kill('SIGTERM');
  await up.ended;
});
