import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeImageArchive } from './write-image.ts';

const skip = process.platform === 'linux' ? false : 'archives are written by GNU tar';
const folder = mkdtempSync(join(tmpdir(), 'kumiki-image-'));
after(() => rmSync(folder, { recursive: true }));

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** Writes two images that share a layer, and unpacks the archive. */
async function write(name: string): Promise<{ readonly archive: string; readonly unpacked: string }> {
  const layers = ['low', 'high'].map((layer) => join(folder, `${name}-${layer}`));
  for (const layer of layers) mkdirSync(layer);
  for (const layer of layers) writeFileSync(join(layer, 'file'), `of ${layer.slice(-3)}`);
  const archive = join(folder, `${name}.tar`);
  await writeImageArchive(
    [
      { name: 'kumiki.test/one:1', layers: layers.slice(0, 1), entrypoint: ['/file'], user: '1000:1000' },
      { name: 'kumiki.test/two:2', layers, entrypoint: [], command: ['sh'], env: ['A=b'], workingFolder: '/tmp' },
    ],
    archive,
    join(folder, `${name}-work`),
  );
  const unpacked = join(folder, `${name}-unpacked`);
  mkdirSync(unpacked);
  execFileSync('tar', ['-xf', archive, '-C', unpacked]);
  return { archive, unpacked };
}

test('an archive is a whole OCI layout: each blob has the digest and size by which it is named', { skip }, async () => {
  const { unpacked } = await write('whole');
  const blob = (digest: string): Buffer => readFileSync(join(unpacked, 'blobs', ...digest.split(':')));
  const read = (digest: string): unknown => JSON.parse(blob(digest).toString());
  for (const hex of readdirSync(join(unpacked, 'blobs/sha256')))
    assert.equal(
      createHash('sha256')
        .update(blob(`sha256:${hex}`))
        .digest('hex'),
      hex,
    );
  const { manifests } = JSON.parse(readFileSync(join(unpacked, 'index.json'), 'utf8')) as {
    manifests: { digest: string; annotations: Record<string, string> }[];
  };
  assert.deepEqual(
    manifests.map(({ annotations }) => annotations['io.containerd.image.name']),
    ['kumiki.test/one:1', 'kumiki.test/two:2'],
  );
  const [one, two] = manifests.map(({ digest }) => read(digest) as Manifest);
  assert.equal(one?.layers.length, 1);
  assert.equal(two?.layers.length, 2);
  assert.equal(one?.layers[0]?.digest, two?.layers[0]?.digest, 'a shared layer is stored once');
  for (const { digest, size } of two?.layers ?? []) assert.equal(blob(digest).length, size);
  const config = read(two?.config.digest ?? '') as { config: object; rootfs: { diff_ids: string[] } };
  assert.deepEqual(
    config.rootfs.diff_ids,
    two?.layers.map(({ digest }) => digest),
  );
  assert.deepEqual(config.config, {
    Entrypoint: [],
    Cmd: ['sh'],
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'A=b'],
    WorkingDir: '/tmp',
  });
});

test('the same folders give the same image, whenever they were written', { skip }, async () => {
  const [first, second] = [await write('first'), await write('later')];
  const index = ({ unpacked }: { unpacked: string }): string => readFileSync(join(unpacked, 'index.json'), 'utf8');
  assert.equal(index(first), index(second));
});
