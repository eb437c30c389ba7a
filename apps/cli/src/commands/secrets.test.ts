import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { homePaths, openSecretStore } from '@kumiki/local';
import { makeTestFolder, runCli } from '@kumiki/testing';
import { cliEntry } from '../index.ts';

const valueIn = (home: string, name: string, key = 'api-key') =>
  openSecretStore(homePaths(home).secrets).read({ name, key });

test('a secret comes from standard input, is listed without its value, and is deleted', async () => {
  using folder = makeTestFolder();
  const set = await runCli(folder.home, ['secret', 'set', 'vllm'], 'sk-very-secret\n');
  assert.deepEqual([set.status, set.stdout, set.stderr], [0, 'secret/vllm set\n', '']);
  assert.equal(valueIn(folder.home, 'vllm'), 'sk-very-secret');
  await runCli(folder.home, ['secret', 'set', 'vllm', '--key', 'other'], 'sk-other');
  const list = await runCli(folder.home, ['secret', 'list']);
  assert.match(list.stdout, /^NAME +KEY +AGE +USED BY\nvllm +api-key +\ds\nvllm +other +\ds\n$/);
  const json = await runCli(folder.home, ['secret', 'list', '--json']);
  assert.ok(!json.stdout.includes('sk-'));
  const deleted = await runCli(folder.home, ['secret', 'delete', 'vllm']);
  assert.equal(deleted.stdout, 'secret/vllm deleted\n');
  const again = await runCli(folder.home, ['secret', 'delete', 'vllm']);
  assert.deepEqual([again.status, again.stderr], [1, "error: There is no secret 'vllm' here.\n"]);
});

test('a secret on the command line, an empty one and one that is no key are refused and never repeated', async () => {
  using folder = makeTestFolder();
  for (const [args, input] of [
    [['vllm', 'sk-very-secret'], ''],
    [['vllm'], ''],
    [['vllm'], 'sk-very\nsecret\n'],
    [['vllm'], 'sk-very-secret '.repeat(300)],
    [['../vllm'], 'sk-very-secret'],
    [['vllm', '--key', '..'], 'sk-very-secret'],
  ] as const) {
    const { status, stderr, stdout } = await runCli(folder.home, ['secret', 'set', ...args], input);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.ok(!stderr.includes('sk-very'), stderr);
  }
  assert.equal(valueIn(folder.home, 'vllm'), null);
});

const hasTerminals = existsSync('/usr/bin/script');

test('at a terminal a secret is asked for and not shown', { skip: !hasTerminals && 'no script(1) here' }, async () => {
  using folder = makeTestFolder();
  const command = `'${process.execPath}' '${cliEntry}' secret set vllm`;
  const terminal = spawn('/usr/bin/script', ['-qefc', command, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: folder.home, KUMIKI_HOME: folder.home, NO_COLOR: '1', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let typed = false;
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (typed || !shown.includes('which is not shown: ')) return;
    typed = true;
    terminal.stdin.write('sk-typed-secret\r');
  });
  const [status] = (await once(terminal, 'close')) as [number];
  assert.equal(status, 0, shown);
  assert.match(shown, /secret\/vllm set/);
  assert.ok(!shown.includes('typed'), shown);
  assert.equal(valueIn(folder.home, 'vllm'), 'sk-typed-secret');
});
