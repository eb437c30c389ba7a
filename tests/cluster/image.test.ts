import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { makeApiKey } from '@kumiki/api';
import { startPostgres, type TestPostgres } from '@kumiki/postgres/testing';
import { freePort, until } from '@kumiki/testing';
import { runCommand } from './rig/host/run-command.ts';
import { buildProduct, type ImageBuilder, productImage } from './rig/images/build-product.ts';
import { folderInImage, type ImageProcess, imageUser, runInImage } from './rig/images/run-in-image.ts';
import { buildahPolicy } from './rig/parts/buildah.ts';
import { whyNoRig } from './rig/why-no-rig.ts';

const skip = whyNoRig() ?? false;
const repository = join(import.meta.dirname, '../..');

/** Of a program's start on a busy machine. */
const startLimitMs = 60_000;
/** All files of the image, with those of its base. */
const largestBytes = 400 * 1_048_576;

const folder = skip === false ? mkdtempSync('/var/tmp/kumiki-image-') : '';
const work = join(folder, 'work');
let builder: ImageBuilder;
let root: string;
let container: string;
let postgres: TestPostgres;
const started: ImageProcess[] = [];

before(async () => {
  if (skip !== false) return;
  builder = await buildProduct(join(folder, 'images'), repository, (line) => console.log(line));
  container = (await builder.run(['from', '--signature-policy', buildahPolicy(), '--pull-never', productImage])).trim();
  root = (await builder.run(['mount', container])).trim();
  mkdirSync(work);
  postgres = await startPostgres();
});
after(async () => {
  if (skip !== false) return;
  await Promise.all(started.map(end));
  await postgres?.stop();
  if (container !== undefined) await builder.run(['rm', '--all']);
  await builder?.run(['rmi', '--all', '--force']);
  rmSync(folder, { recursive: true, force: true });
});

async function end({ child }: ImageProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** A file that the programs in the image can read. */
function secret(name: string, content: string | Buffer): string {
  writeFileSync(join(work, name), content);
  chmodSync(join(work, name), 0o644);
  return join(folderInImage, name);
}

/** Starts a program, and waits until its ops listener says that it is alive. */
async function start(program: string, settings: Readonly<Record<string, string>>): Promise<number> {
  const [port, opsPort] = [await freePort(), await freePort()];
  const ports = { KUMIKI_LISTEN_PORT: String(port), KUMIKI_OPS_PORT: String(opsPort) };
  const run = runInImage(root, work, [`apps/${program}/src/main.ts`], { ...ports, ...settings });
  started.push(run);
  await until(`${program} is alive`, startLimitMs, async () => {
    assert.equal(run.child.exitCode, null, run.output());
    return (await fetch(`http://127.0.0.1:${opsPort}/livez`).catch(() => null))?.status === 200;
  });
  return port;
}

test('the image is small, runs as nobody, and says what is in it', { skip }, async () => {
  const [bytes] = (await runCommand('du', ['-sb', root])).split('\t');
  console.log(`The image has ${(Number(bytes) / 1_048_576).toFixed(0)} MiB of files.`);
  assert.ok(Number(bytes) < largestBytes, `${bytes} bytes`);
  const format = ['--format', '{{.OCIv1.Config.User}}'];
  const user = await builder.run(['inspect', '--type', 'image', ...format, productImage]);
  assert.equal(user.trim(), `${imageUser}:${imageUser}`);
  const list = JSON.parse(readFileSync(join(root, 'app/sbom.spdx.json'), 'utf8')) as {
    packages: { name: string }[];
    creationInfo: { created: string };
  };
  const names = new Set(list.packages.map(({ name }) => name));
  assert.ok(names.has('fastify') && names.has('undici') && !names.has('vite') && !names.has('oxlint'));
  assert.equal(list.creationInfo.created, '1970-01-01T00:00:00Z');
  for (const path of [
    'node_modules/vite',
    'node_modules/typescript',
    'tests',
    'docs',
    'apps/gateway/src/testing',
    'scripts',
  ])
    assert.ok(!existsSync(join(root, 'app', path)), path);
});

test('every service starts in it without a writable root, and does its work', { skip }, async () => {
  const tokenFile = secret('token', 'a-token-of-sixteen-characters');
  const pepperFile = secret('pepper', randomBytes(32));
  const routesFile = secret('routes.json', JSON.stringify({ models: [], backends: [] }));
  const keysFile = secret('keys.json', '[]');
  const gateway = await start('gateway', {
    KUMIKI_ROUTES_FILE: routesFile,
    KUMIKI_KEYS_FILE: keysFile,
    KUMIKI_PEPPER_FILE: pepperFile,
  });
  const refused = await fetch(`http://127.0.0.1:${gateway}/v1/models`);
  assert.equal(refused.status, 401);
  const consolePort = await start('console', { KUMIKI_BACKEND_TOKEN_FILE: tokenFile });
  const page = await fetch(`http://127.0.0.1:${consolePort}/`, {
    headers: { authorization: 'Bearer a-token-of-sixteen-characters' },
  });
  assert.match(await page.text(), /<html/);
  const data = {
    KUMIKI_BACKEND_TOKEN_FILE: tokenFile,
    KUMIKI_SERVICE_KEY_FILE: secret('key', makeApiKey(randomBytes)),
    KUMIKI_GATEWAY_URL: `http://127.0.0.1:${gateway}`,
    KUMIKI_POSTGRES_URL_FILE: secret('url', await postgres.createDatabase('image')),
  };
  await start('conversations', data);
  await start('search', data);
  const worker = await start('worker', {
    KUMIKI_MODEL_NAME: 'echo',
    KUMIKI_MODEL_SOURCE: 'simulated:',
    KUMIKI_WORKER_TOKEN_FILE: tokenFile,
  });
  const answer = await fetch(`http://127.0.0.1:${worker}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer a-token-of-sixteen-characters', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'echo', max_tokens: 4, messages: [{ role: 'user', content: 'hi' }] }),
  });
  assert.equal(answer.status, 200);
});

test(
  'compiled code is kept in /tmp, which is all that may be written, and none is in the image',
  { skip },
  async () => {
    const format = ['--format', '{{.OCIv1.Config.Env}}'];
    const variables = await builder.run(['inspect', '--type', 'image', ...format, productImage]);
    const cache = /NODE_COMPILE_CACHE=([^\s\]]+)/.exec(variables)?.[1];
    assert.ok(cache !== undefined, variables);
    assert.ok(!existsSync(join(root, cache)));
    const script = "console.log('cache', require('node:module').getCompileCacheDir())";
    const run = runInImage(root, work, ['-e', script], { NODE_COMPILE_CACHE: cache });
    started.push(run);
    await once(run.child, 'close');
    assert.ok(run.output().includes(`cache ${cache}/`), run.output());
  },
);

test('the operator is in it, and says what it lacks', { skip }, async () => {
  const run = runInImage(root, work, ['apps/operator/src/main.ts'], {});
  started.push(run);
  await once(run.child, 'close');
  assert.match(run.output(), /KUMIKI_WORKER_IMAGE/);
});

test('the engine for real models is in it, for its own processor only', { skip }, async () => {
  const run = runInImage(
    root,
    work,
    [
      '-e',
      "import('node-llama-cpp').then(({ getLlama }) => getLlama({ build: 'never', gpu: false })).then((llama) => console.log('loaded', llama.gpu))",
    ],
    {},
  );
  started.push(run);
  await once(run.child, 'exit');
  assert.match(run.output(), /loaded false/);
});
