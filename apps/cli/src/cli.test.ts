import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { makeTestFolder, runCli, startCli } from '@kumiki/testing';

test('a command that is not understood ends with 2 and names the one that was meant', async () => {
  using folder = makeTestFolder();
  const cases: readonly [string[], RegExp][] = [
    [['statsu'], /unknown command 'statsu'[\s\S]*Did you mean status\?/],
    [['up', '--prot', '1'], /unknown option '--prot'[\s\S]*Did you mean --port\?/],
    [['up', '--port', '70000'], /whole number from 0 to 65535/],
    [['scale', 'shop', 'many'], /whole number from 0 to 256/],
    [['scale', 'shop'], /missing required argument 'replicas'/],
    [['apply'], /required option '-f, --file/],
    [['key', 'create', 'x', '--role', 'boss'], /Allowed choices are inference, admin/],
    [['delete'], /nothing to delete/],
    [['session', 'end'], /Name the sessions to end, or give --all/],
    [['session', 'end', 'session_1', '--all'], /Name the sessions to end, or give --all/],
    [['retention', 'set'], /nothing to set/],
    [['retention', 'set', '--response-days', '0'], /'default' or a whole number from 1 to 36500/],
    [['limits', 'set', 'files'], /files must be a number, or 'default'/],
    [['limits', 'set', 'files=1GiB'], /files must be a number, or 'default'/],
    [['limits', 'set', 'cats=1'], /'cats=1' sets nothing. Write files=…, file_bytes=…/],
    [['chat', ' '], /nothing to ask/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr, stdout } = await runCli(folder.home, args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
    assert.equal(stdout, '');
  }
});

test('help and version succeed, for every command', async () => {
  using folder = makeTestFolder();
  const help = await runCli(folder.home, ['--help']);
  assert.equal(help.status, 0);
  for (const command of [
    'up',
    'status',
    'logs',
    'chat',
    'console',
    'scale',
    'apply',
    'delete',
    'down',
    'key',
    'secret',
    'session',
    'egress',
    'models',
    'retention',
    'limits',
    'version',
    'doctor',
  ]) {
    assert.match(help.stdout, new RegExp(`^  ${command} .*\\w`, 'm'));
  }
  const version = await runCli(folder.home, ['version', '--json']);
  assert.deepEqual(Object.keys(JSON.parse(version.stdout) as object), ['kumiki', 'node', 'engine', 'platform']);
});

test('without a running product every command says how to start one', async () => {
  using folder = makeTestFolder();
  for (const args of [
    ['status'],
    ['logs'],
    ['chat', 'hi'],
    ['console'],
    ['scale', 'a', '1'],
    ['key', 'list'],
    ['session', 'list'],
    ['get'],
  ]) {
    const { status, stderr } = await runCli(folder.home, args);
    assert.equal(status, 1);
    assert.match(stderr, /^error: Kumiki does not run on .*\. Start it with 'kumiki up'/);
  }
  const down = await runCli(folder.home, ['down']);
  assert.deepEqual([down.status, down.stdout], [0, `Nothing runs on ${folder.home}.\n`]);
  const json = await runCli(folder.home, ['status', '--json']);
  assert.match((JSON.parse(json.stderr) as { error: { message: string } }).error.message, /does not run/);
});

test('a misspelt setting is refused with the one that was meant', async () => {
  using folder = makeTestFolder();
  const { status, stderr } = await startCli(folder.home, ['status'], '', { KUMIKI_HOEM: 'x' }).ended;
  assert.equal(status, 1);
  assert.match(stderr, /KUMIKI_HOEM is not a setting of this program\. Did you mean 'KUMIKI_HOME'\?/);
});

test('a URL that nothing answers at, or that refuses the key, is told in one sentence', async () => {
  using folder = makeTestFolder();
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  const dead = await runCli(folder.home, ['status', '--url', `http://127.0.0.1:${port}/v1`, '--api-key', 'x']);
  assert.equal(dead.status, 1);
  assert.equal(
    dead.stderr,
    `error: Nothing answers at http://127.0.0.1:${port} (ECONNREFUSED). Is it running there?\n`,
  );
  const keyless = await runCli(folder.home, ['status', '--url', 'http://127.0.0.1:9']);
  assert.match(keyless.stderr, /needs a key\. Give one with --api-key/);
});

test('a reader that has enough ends a command quietly', async () => {
  using folder = makeTestFolder();
  const command = startCli(folder.home, ['version', '--json']);
  command.child.stdout?.destroy();
  const { status, stderr } = await command.ended;
  assert.deepEqual([status, stderr], [0, '']);
});
