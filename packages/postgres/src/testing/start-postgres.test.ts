import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../open-database.ts';
import { startPostgres, whyNoPostgres } from './start-postgres.ts';

const skip = whyNoPostgres() ?? false;

test('a test server has pgvector, keeps its data over power cuts, and is gone with its test', { skip }, async () => {
  const server = await startPostgres();
  const database = openDatabase({ url: server.url, applicationName: 'test' });
  try {
    await database.query('CREATE EXTENSION vector');
    await database.query("CREATE TABLE kept AS SELECT '[1,2,3]'::vector AS v");
    await server.kill();
    await assert.rejects(database.query('SELECT 1'), { code: 'service_unavailable' });
    await server.start();
    assert.deepEqual((await database.query('SELECT v FROM kept')).rows, [{ v: '[1,2,3]' }]);
    await server.halt();
    await server.start();
    assert.equal((await database.query('SELECT v FROM kept')).count, 1);
  } finally {
    await database.close();
    await server.stop();
  }
});

test('a server and its data end when the process of its test is killed', { skip }, async () => {
  const entry = JSON.stringify(new URL('./start-postgres.ts', import.meta.url).href);
  const script = `
    const { readFileSync } = await import('node:fs');
    const { startPostgres } = await import(${entry});
    await startPostgres();
    process.stdout.write(readFileSync('/proc/self/task/' + process.pid + '/children'));
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [children] = (await once(child.stdout, 'data')) as [Buffer];
  const guard = Number(children.toString().trim());
  const folder = basename(readFileSync(`/proc/${guard}/cmdline`, 'utf8').split('\0')[4] ?? '');
  assert.match(folder, /^kumiki-postgres-/);
  child.kill('SIGKILL');
  const limit = performance.now() + 20_000;
  // The guard ends after the server.
  while (existsSync(`/proc/${guard}`)) {
    assert.ok(performance.now() < limit, 'the server runs on');
    await wait(20);
  }
  assert.equal(existsSync(join(tmpdir(), folder)), false);
});
