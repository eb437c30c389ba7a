import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '@kumiki/service';
import { startGateway } from '../start-gateway.ts';
import { watchSnapshots } from '../watch-snapshots.ts';
import { createSnapshotHealth } from './snapshot-health.ts';

test('a damaged file counts after its grace, and no longer once it is mended', () => {
  let time = 0;
  const health = createSnapshotHealth(() => time, 1_000);
  health.read('keys');
  time = 5_000;
  assert.deepEqual([health.notReady(), health.states()], [null, [{ name: 'keys', ageSeconds: 5, invalid: false }]]);
  health.failed('keys');
  assert.deepEqual([health.notReady(), health.states()[0]?.invalid], [null, true]);
  time = 5_900;
  health.failed('keys');
  time = 6_000;
  assert.match(health.notReady() ?? '', /'keys' cannot be read/);
  health.read('keys');
  assert.deepEqual([health.notReady(), health.states()], [null, [{ name: 'keys', ageSeconds: 0, invalid: false }]]);
});

test('a damaged, missing or too large file of keys turns readiness and a metric, and serves on', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-snapshots-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'keys.json');
  const routes = join(folder, 'routes.json');
  writeFileSync(routes, '{"models":[],"backends":[]}');
  const write = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write('[]');
  const health = createSnapshotHealth(() => performance.now(), 0);
  const log = createLog({ service: 'gateway', level: 'silent' });
  const files = watchSnapshots({ routes, keys: path, sessions: undefined, projectLimits: undefined }, health, log);
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    opsPort: 0,
    pepper: new Uint8Array(32),
    ...files.initial,
    log,
    snapshots: health,
  });
  files.tell(gateway);
  context.after(async () => {
    files.close();
    await gateway.close();
  });
  const ops = `http://127.0.0.1:${gateway.opsPort}`;
  const ready = async (): Promise<number> => (await fetch(`${ops}/readyz`)).status;
  const becomes = async (status: number): Promise<void> => {
    const until = performance.now() + 20_000;
    while ((await ready()) !== status) {
      assert.ok(performance.now() < until, `not ${status}`);
      await pause(50);
    }
  };
  const metric = async (name: string): Promise<string | undefined> => {
    const text = await (await fetch(`${ops}/metrics`)).text();
    return new RegExp(`^kumiki_gateway_snapshot_${name}{snapshot="keys"} (.*)$`, 'm').exec(text)?.[1];
  };
  assert.deepEqual([await ready(), await metric('invalid')], [200, '0']);
  assert.ok(Number(await metric('age_seconds')) >= 0);
  write('[{"id":');
  await becomes(503);
  assert.equal(await metric('invalid'), '1');
  assert.equal((await fetch(`http://127.0.0.1:${gateway.port}/v1/models`)).status, 401, 'it serves on');
  write('[]');
  await becomes(200);
  rmSync(path);
  await becomes(503);
  write('[]');
  await becomes(200);
  assert.equal(await metric('invalid'), '0');
});
