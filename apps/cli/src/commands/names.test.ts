import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeTestFolder, runCli, simulatedManifest, startCli, untilReady } from '@kumiki/testing';
import type { Command } from 'commander';
import { createProgram } from '../program.ts';

/** Every place where a command takes the name of something that is there, with a name that is nearly right. */
const mistyped: Readonly<Record<string, readonly string[]>> = {
  'status service': ['status', 'shpo'],
  'get service': ['get', 'shpo'],
  'logs name': ['logs', 'shpo'],
  'scale service': ['scale', 'shpo', '1'],
  'restart service': ['restart', 'shpo'],
  'delete service': ['delete', 'shpo'],
  'chat --model': ['chat', '-m', 'shpo', 'hi'],
  'key create --model': ['key', 'create', 'second', '--model', 'shpo'],
  'key revoke id': ['key', 'revoke', 'KEY'],
  'session list --key': ['session', 'list', '--key', 'KEY'],
  'session end --key': ['session', 'end', '--all', '--key', 'KEY'],
  'secret delete name': ['secret', 'delete', 'vendr'],
  'secret delete --key': ['secret', 'delete', 'vendor', '--key', 'api-kye'],
  'egress remove server': ['egress', 'remove', 'vlmm.corp:8000'],
  'models remove path': ['models', 'remove', '/somewhere/modles'],
  'retention get --project': ['retention', 'get', '--project', 'boks'],
  'retention set --project': ['retention', 'set', '--project', 'boks', '--response-days', '3'],
  'limits get --project': ['limits', 'get', '--project', 'boks'],
  'limits set --project': ['limits', 'set', 'files=3', '--project', 'boks'],
  'limits set limit=value': ['limits', 'set', 'fiels=3'],
};

/** What makes the thing that it names, or names one of which no list says more (sessions have random ids). */
const makesIt = new Set([
  'key create name',
  'key create --project',
  'secret set name',
  'secret set --key',
  'egress allow server',
  'models allow path',
  'session end id',
]);

const thatIsThere = /^(service|name|id|server|path|limit=value|--model|--project|--key)$/;

function placesOf(command: Command, path = ''): string[] {
  if (command.commands.length > 0) {
    return command.commands.flatMap((one) => placesOf(one, `${path} ${one.name()}`.trim()));
  }
  const names = [
    ...command.registeredArguments.map((one) => one.name()),
    ...command.options.map(({ long }) => long ?? ''),
  ];
  return names.filter((name) => thatIsThere.test(name)).map((name) => `${path} ${name}`);
}

test('every command that takes a name is tried here with one that is nearly right', () => {
  const places = placesOf(createProgram({ forceExit() {} })).filter((place) => !makesIt.has(place));
  assert.deepEqual(places.toSorted(), Object.keys(mistyped).toSorted());
});

test('a name that is nearly right is answered with the one that was meant and with those that there are', async () => {
  using folder = makeTestFolder();
  const run = (args: readonly string[], input = '') => runCli(folder.home, args, input);
  const up = startCli(folder.home, [
    'up',
    '--port',
    '0',
    '--json',
    '-f',
    folder.write('up.yaml', simulatedManifest('shop')),
  ]);
  await untilReady(up);
  await up.saying(/"type":"all_ready"/);
  const made = await run(['key', 'create', 'app', '--project', 'books', '--json']);
  const { id } = JSON.parse(made.stdout) as { id: string };
  const nearlyKey = `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`;
  await run(['secret', 'set', 'vendor'], 'sk-1');
  await run(['egress', 'allow', 'vllm.corp:8000']);
  await run(['models', 'allow', '/somewhere/models']);
  for (const [place, args] of Object.entries(mistyped)) {
    const { stderr } = await run(args.map((arg) => (arg === 'KEY' ? nearlyKey : arg)));
    assert.match(stderr, /Did you mean '[^']+'\?/, place);
    assert.match(stderr, /There are: .|Write files=…, file_bytes=…/, place);
  }
  const byName = await run(['key', 'revoke', 'app']);
  assert.equal(byName.stderr, `error: There is no key with the id 'app'. The id of 'app' is ${id}.\n`);
  const nobody = await run(['session', 'end', 'session_1']);
  assert.equal(nobody.stderr, "error: There is no session 'session_1'.\n");
  up.child.kill('SIGTERM');
  assert.equal((await up.ended).status, 0);
});
