import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DataService } from '@kumiki/api';
import { type CliProcess, makeTestFolder, runCli, simulatedManifest, startCli, untilReady } from '@kumiki/testing';

type DataServiceLine = DataService & { readonly type: 'data_service' };

/** `kumiki up` with one simulated model, and its key from the line that says that it is up. */
function startUp(home: string, manifest: string, settings: Readonly<Record<string, string>> = {}) {
  const up = startCli(home, ['up', '--port', '0', '--json', '-f', manifest], '', settings);
  return {
    ...up,
    ready: () => untilReady(up),
    async [Symbol.asyncDispose]() {
      up.child.kill('SIGTERM');
      await up.ended;
    },
  };
}

async function dataService(up: CliProcess, name: string, state: string): Promise<DataServiceLine> {
  const [line] = await up.saying(new RegExp(`^.*"type":"data_service","name":"${name}","state":"${state}".*$`, 'm'));
  return JSON.parse(line) as DataServiceLine;
}

function post(url: string, key: string, path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function upload(url: string, key: string): Promise<string> {
  const form = new FormData();
  form.set('purpose', 'assistants');
  form.set('file', new Blob(['Pods hold containers.']), 'pods.txt');
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${url}/files`, { method: 'POST', headers, body: form });
  assert.equal(response.status, 200, await response.clone().text());
  return ((await response.json()) as { id: string }).id;
}

const chat = { model: 'shop', messages: [{ role: 'user', content: 'Hi' }], max_completion_tokens: 4 };

test('responses and files are served once the database is open, chat before that, and they are there after a restart', async () => {
  using folder = makeTestFolder();
  const manifest = folder.write('up.yaml', simulatedManifest('shop'));
  let key: string;
  let id: string;
  let fileId: string;
  {
    await using up = startUp(folder.home, manifest);
    const ready = await up.ready();
    key = ready.apiKey;
    const body = { model: 'shop', input: 'Hi', max_output_tokens: 4 };
    // The database may be open already on a fast machine; if not, the refusal says when to come again.
    const early = await post(ready.url, key, '/responses', body);
    if (early.status !== 200) assert.deepEqual([early.status, early.headers.get('retry-after')], [503, '1']);
    assert.equal((await post(ready.url, key, '/chat/completions', chat)).status, 200);
    await dataService(up, 'conversations', 'ready');
    await dataService(up, 'search', 'ready');
    fileId = await upload(ready.url, key);
    const response = await post(ready.url, key, '/responses', body);
    assert.equal(response.status, 200, await response.clone().text());
    ({ id } = (await response.json()) as { id: string });
    const keys = await runCli(folder.home, ['key', 'list', '--json']);
    assert.ok(!keys.stdout.includes('service'), 'the key of the services is for nobody else');
  }
  await using up = startUp(folder.home, manifest);
  const ready = await up.ready();
  await dataService(up, 'conversations', 'ready');
  await dataService(up, 'search', 'ready');
  const headers = { authorization: `Bearer ${key}` };
  const found = await fetch(`${ready.url}/responses/${id}`, { headers });
  assert.equal(found.status, 200, await found.clone().text());
  const content = await fetch(`${ready.url}/files/${fileId}/content`, { headers });
  assert.equal(await content.text(), 'Pods hold containers.');
});

test('an admin sets how long a project keeps its data, and nobody else', async () => {
  using folder = makeTestFolder();
  await using up = startUp(folder.home, folder.write('up.yaml', simulatedManifest('shop')));
  const { url } = await up.ready();
  await dataService(up, 'conversations', 'ready');
  const retention = (...args: string[]) => runCli(folder.home, ['retention', ...args]);
  const set = await retention('set', '--project', 'books', '--response-days', '7', '--conversation-days', '90');
  assert.match(set.stdout, /^project\/books .*\nresponses +7 days\nconversations +90 days\n$/);
  const back = await retention('set', '--project', 'books', '--response-days', 'default', '--json');
  assert.equal(back.status, 0, back.stderr);
  const { response_days, conversation_days } = JSON.parse(back.stdout) as Record<string, unknown>;
  assert.deepEqual([response_days, conversation_days], [null, 90]);
  const others = await retention('get');
  assert.match(others.stdout, /^responses +30 days, as all do by default\nconversations +until they are deleted$/m);
  const made = await runCli(folder.home, ['key', 'create', 'app', '--json']);
  const { value } = JSON.parse(made.stdout) as { value: string };
  const headers = { authorization: `Bearer ${value}` };
  const refused = await fetch(`${url}/kumiki/projects/default/retention`, { headers });
  assert.equal(refused.status, 403, await refused.text());
});

test('a database that is away leaves chat alone and shows in the status', async () => {
  using folder = makeTestFolder();
  const manifest = folder.write('up.yaml', simulatedManifest('shop'));
  // Port 9 is for throwing things away, and nothing listens there.
  await using up = startUp(folder.home, manifest, { KUMIKI_POSTGRES_URL: 'postgres://nobody@127.0.0.1:9/nothing' });
  const { url, apiKey: key } = await up.ready();
  const { reason } = await dataService(up, 'conversations', 'failed');
  assert.match(reason, /cannot be reached.*ECONNREFUSED.*tried again/);
  assert.equal((await post(url, key ?? '', '/chat/completions', chat)).status, 200);
  const refused = await post(url, key ?? '', '/responses', { model: 'shop', input: 'Hi' });
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '1']);
  const { stdout } = await runCli(folder.home, ['status']);
  assert.match(stdout, /^conversations +(failed +-|starting +\d+) .*The database cannot be reached/m);
});

test('a stop while the database is still being opened does not wait for it', async () => {
  using folder = makeTestFolder();
  const up = startUp(folder.home, folder.write('up.yaml', simulatedManifest('shop')));
  await up.ready();
  up.child.kill('SIGINT');
  const { status } = await up.ended;
  assert.equal(status, 0);
  await using again = startUp(folder.home, folder.write('up.yaml', simulatedManifest('shop')));
  await dataService(again, 'conversations', 'ready');
});
