import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTestFolder, runCli, simulatedManifest, startCli } from '@kumiki/testing';

test('an admin sets what a project may have, sees it with what is used, and takes it back; it outlives a restart', async () => {
  using folder = makeTestFolder();
  const start = async () => {
    const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', manifest]);
    const [line] = await up.saying(/^.*"type":"ready".*$/m);
    return { up, url: (JSON.parse(line) as { url: string }).url };
  };
  const manifest = folder.write('up.yaml', simulatedManifest('sim'));
  const first = await start();
  const limits = (...args: string[]) => runCli(folder.home, ['limits', ...args]);
  const set = await limits('set', 'files=5', 'file-bytes=10MiB', '--project', 'books');
  assert.match(set.stdout, /^project\/books may have:\nLIMIT +USED +MOST\nfiles +\S+ +5\nfile_bytes +.+ 10 MiB\n/);
  assert.match(set.stdout, /^conversations +\S+ +100000 +as all do by default$/m);
  const all = await limits('get');
  assert.match(all.stdout, /^\(default\) +files +- +10000$/m);
  // No key belongs to it; the project of this machine's key has none of its own.
  assert.match(all.stdout, /^books +files +\S+ +5$/m);
  assert.match(all.stdout, /^default +files +\S+ +10000 +as all do by default$/m);
  const asJson = JSON.parse((await limits('get', '--json')).stdout) as { data: { project: string; used: object }[] };
  assert.deepEqual(
    asJson.data.map(({ project }) => project),
    ['books', 'default'],
  );
  const made = await runCli(folder.home, ['key', 'create', 'app', '--json']);
  const { value } = JSON.parse(made.stdout) as { value: string };
  const headers = { authorization: `Bearer ${value}`, 'content-type': 'application/json' };
  for (const init of [{ headers }, { headers, method: 'POST', body: '{"files":9}' }]) {
    const refused = await fetch(`${first.url}/kumiki/limits/default`, init);
    assert.equal(refused.status, 403, await refused.text());
  }
  // A key that may not see the others' sees its own.
  const seen = await runCli(folder.home, ['limits', 'get', '--url', first.url, '--api-key', value]);
  assert.match(seen.stdout, /^Your key, app, may have:\nLIMIT +LEFT NOW +MOST\nrequests_per_minute +- +unlimited\n/);
  assert.match(seen.stdout, /^project\/default may have:\nLIMIT +MOST\nfiles +10000\n/m);
  first.up.child.kill('SIGTERM');
  await first.up.ended;

  const second = await start();
  const back = await limits('set', 'files=default', '--project', 'books', '--json');
  const { own, limits: left } = JSON.parse(back.stdout) as { own: string[]; limits: Record<string, number> };
  assert.deepEqual([own, left['files'], left['file_bytes']], [['file_bytes'], 10_000, 10_485_760]);
  second.up.child.kill('SIGTERM');
  assert.equal((await second.up.ended).status, 0);
});
