import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import type { CreatedKey } from '@kumiki/api';
import { makeTestFolder, runCli, simulatedManifest, startCli, untilReady } from '@kumiki/testing';
import { cliEntry } from '../index.ts';

/** A command at a terminal, whose question is answered. */
async function atTerminal(home: string, command: string, answer: string): Promise<string> {
  const terminal = spawn('/usr/bin/script', ['-qefc', `'${process.execPath}' '${cliEntry}' ${command}`, '/dev/null'], {
    env: { PATH: process.env['PATH'], HOME: home, KUMIKI_HOME: home, NO_COLOR: '1', TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  let typed = false;
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (typed || !shown.includes('[y/N]')) return;
    typed = true;
    terminal.stdin.write(`${answer}\r`);
  });
  await once(terminal, 'close');
  return shown;
}

const hasTerminals = existsSync('/usr/bin/script');

test('who revokes the key of this machine or of the command is asked, or must say so; then nobody gets in, and a restart lets him in', async () => {
  using folder = makeTestFolder();
  const file = folder.write('up.yaml', simulatedManifest('shop'));
  const start = async () => {
    const up = startCli(folder.home, ['up', '--port', '0', '--json', '-f', file]);
    return { up, ready: await untilReady(up) };
  };
  const run = (...args: string[]) => runCli(folder.home, args);
  const first = await start();
  const list = await run('key', 'list', '--json');
  const machine = (JSON.parse(list.stdout) as { data: { id: string }[] }).data[0]?.id ?? '';
  const other = JSON.parse((await run('key', 'create', 'boss', '--role', 'admin', '--json')).stdout) as CreatedKey;

  const refused = await run('key', 'revoke', machine);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /key of the CLI on this machine.*'kumiki down', then 'kumiki up'.*give --yes/);
  const byOther = await run('key', 'revoke', machine, '--api-key', other.value, '--json');
  assert.match(byOther.stderr, /key of the CLI on this machine/, 'whoever revokes it');
  const itself = await run('key', 'revoke', other.id, '--api-key', other.value);
  assert.match(itself.stderr, /key that this command uses \('boss'\).*'kumiki key create'.*give --yes/);
  if (hasTerminals) {
    const asked = await atTerminal(folder.home, `key revoke ${machine}`, 'n');
    assert.match(asked, /Do it all the same\? \[y\/N\][\s\S]*Nothing was changed\./);
  }
  assert.equal((await run('status')).status, 0, 'nothing was changed');
  assert.deepEqual(await run('key', 'revoke', other.id), {
    status: 0,
    stdout: `key/${other.id} revoked\n`,
    stderr: '',
  });

  const revoked = await run('key', 'revoke', machine, '--yes');
  assert.deepEqual([revoked.status, revoked.stdout], [0, `key/${machine} revoked\n`]);
  assert.match(revoked.stderr, /The next start makes another one/);
  assert.match((await run('status')).stderr, /API key/);
  assert.equal((await run('down')).status, 0);
  await first.up.ended;
  const second = await start();
  assert.notEqual(second.ready.apiKey, first.ready.apiKey);
  assert.equal((await run('status')).status, 0);
  second.up.child.kill('SIGTERM');
  await second.up.ended;
});

test('who signs out every browser of his own key is asked, or must say so, and is shown how to sign in again', async () => {
  using folder = makeTestFolder();
  const up = startCli(folder.home, [
    'up',
    '--port',
    '0',
    '--json',
    '-f',
    folder.write('up.yaml', simulatedManifest('shop')),
  ]);
  const { url, consoleUrl } = await untilReady(up);
  const end = (...args: string[]) => runCli(folder.home, ['session', 'end', '--all', ...args]);
  assert.equal((await end()).stdout, '0 sessions ended\n', 'where nobody is signed in nobody is asked');
  const signedIn = await fetch(`${url}/kumiki/session`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
    body: JSON.stringify({ token: consoleUrl.split('#token=')[1] }),
  });
  assert.equal(signedIn.status, 201);
  const refused = await end();
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /signs out every browser of your key 'this machine': 1\. 'kumiki console'.*give --yes/);
  assert.equal((await end('--yes')).stdout, '1 session ended\n');
  up.child.kill('SIGTERM');
  await up.ended;
});
