import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cliEntry } from '@kumiki/cli';
import { until } from '@kumiki/testing';
import { type Container, startContainer, whyNoContainers } from './container.ts';

const skip = whyNoContainers();
const folder = mkdtempSync(join(tmpdir(), 'kumiki-containers-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Limit of a start on a busy machine, including the embedded database. */
const readyLimitMs = 180_000;
const conversations = 40;

const manifest = join(folder, 'up.yaml');
writeFileSync(
  manifest,
  `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata: {name: shop}
spec:
  model: {source: 'simulated:'}
  engine: {kind: simulated}
`,
);

/** Creates that many conversations, or reads the given ones; prints the ids that were answered with 200. */
const client = `
  const [url, key, what] = process.argv.slice(1);
  const headers = { authorization: 'Bearer ' + key, 'content-type': 'application/json' };
  const wanted = JSON.parse(what);
  const found = [];
  for (const id of Array.isArray(wanted) ? wanted : Array(wanted).fill(null)) {
    const reply = await fetch(url + '/conversations' + (id === null ? '' : '/' + id),
      id === null ? { method: 'POST', headers, body: '{}' } : { headers });
    if (reply.status === 200) found.push((await reply.json()).id);
  }
  process.stdout.write(JSON.stringify(found));`;

interface Ready {
  readonly url: string;
  readonly api_key_file: string;
}

/** The whole product as the first process of a container, on the shared folder, with its own network. */
function startProduct(name: string, home: string): Promise<Container> {
  const command = [process.execPath, cliEntry, 'up', '--json', '--port', '7317', '-f', manifest];
  return startContainer(name, command, { HOME: home, KUMIKI_HOME: home, NO_COLOR: '1' });
}

async function untilReady(container: Container): Promise<Ready> {
  let ended = false;
  void container.ended.then(() => (ended = true));
  const line = (pattern: RegExp): string | undefined => pattern.exec(container.stdout())?.[0];
  await until('the product is ready', readyLimitMs, () => {
    assert.ok(!ended, `${container.stdout()}${container.stderr()}`);
    return line(/^.*"type":"ready".*$/m) !== undefined && line(/"name":"conversations","state":"ready"/) !== undefined;
  });
  return JSON.parse(line(/^.*"type":"ready".*$/m) ?? '') as Ready;
}

async function talk(container: Container, { url, api_key_file: file }: Ready, what: number | readonly string[]) {
  const key = readFileSync(file, 'utf8').trim();
  const args = ['--input-type=module', '-e', client, url, key, JSON.stringify(what)];
  return JSON.parse(await container.run(process.execPath, ...args)) as string[];
}

test(
  'of two containers on one folder one serves and the other says why not; killed, the next one has everything',
  { skip },
  async () => {
    const home = join(folder, 'home');
    const first = await startProduct('pod-a', home);
    const second: Container[] = [];
    try {
      const ready = await untilReady(first);
      const before = await talk(first, ready, conversations);
      assert.equal(before.length, conversations);
      const entries = readdirSync(home).toSorted();

      const refused = await startProduct('pod-b', home);
      second.push(refused);
      assert.equal(await refused.ended, 1);
      assert.match(
        refused.stderr(),
        /Kumiki runs already on .*home, in another container or on another machine \(process \d+ of host 'pod-a', since .*\)\. One folder serves one process: stop that one where it runs, or take another folder with --home\./,
      );
      assert.deepEqual(readdirSync(home).toSorted(), entries, 'the refused one touched nothing');
      const down = await startContainer('pod-d', [process.execPath, cliEntry, 'down'], {
        HOME: home,
        KUMIKI_HOME: home,
      });
      second.push(down);
      assert.equal(await down.ended, 1);
      assert.match(down.stderr(), /in another container or on another machine .*'pod-a'.*Stop it there\./);
      const after = await talk(first, ready, conversations);

      first.kill();
      await first.ended;
      const next = await startProduct('pod-c', home);
      second.push(next);
      const again = await untilReady(next);
      assert.deepEqual(await talk(next, again, [...before, ...after]), [...before, ...after]);
    } finally {
      for (const container of [first, ...second]) {
        container.kill();
        await container.ended;
      }
    }
  },
);

test('of two containers that start at once on one new folder exactly one serves', { skip }, async () => {
  const home = join(folder, 'raced');
  const both = await Promise.all([startProduct('pod-a', home), startProduct('pod-b', home)]);
  try {
    const isReady = (container: Container): boolean => container.stdout().includes('"type":"ready"');
    await until('one serves', readyLimitMs, () => both.some(isReady));
    const loser = both.find((container) => !isReady(container));
    assert.ok(loser !== undefined);
    assert.equal(await loser.ended, 1);
    assert.match(loser.stderr(), /One folder serves one process|does not say which/);
  } finally {
    for (const container of both) {
      container.kill();
      await container.ended;
    }
  }
});
