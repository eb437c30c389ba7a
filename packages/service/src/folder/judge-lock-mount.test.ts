import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeLockMount } from './judge-lock-mount.ts';

const line = (point: string, type: string, options: string): string =>
  `36 35 98:0 / ${point} rw,noatime shared:1 - ${type} server:/export ${options}`;

test('a mount whose locks stay on this machine is refused with its option, for what lies in it alone', () => {
  const mounts = [
    line('/', 'ext4', 'rw'),
    line('/shared', 'nfs', 'rw,vers=3,nolock,addr=10.0.0.1'),
    line('/shared/deep', 'nfs4', 'rw,vers=4.2,local_lock=none'),
    line('/with\\040blank', 'nfs', 'rw,local_lock=all'),
    line('/half', 'nfs4', 'rw,local_lock=flock'),
  ].join('\n');
  assert.match(judgeLockMount(mounts, '/shared/home') ?? '', /\/shared is mounted \(nfs\) with 'nolock'/);
  assert.match(judgeLockMount(mounts, '/with blank') ?? '', /'local_lock=all'/);
  for (const path of ['/', '/sharedhome', '/shared/deep', '/shared/deep/er', '/half/x', '/home']) {
    assert.equal(judgeLockMount(mounts, path), null, path);
  }
  assert.equal(judgeLockMount(`${mounts}\n${line('/shared', 'tmpfs', 'rw')}`, '/shared/home'), null, 'the last counts');
  for (const text of ['', 'nonsense', ' - nfs x nolock']) assert.equal(judgeLockMount(text, '/x'), null);
});
