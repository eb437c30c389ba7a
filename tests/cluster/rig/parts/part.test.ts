import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Part } from './part.ts';

const home = mkdtempSync(join(tmpdir(), 'kumiki-parts-'));
after(() => rmSync(home, { recursive: true }));
// The folder of parts is below the home folder of the user who runs the tests.
process.env['HOME'] = home;
const { folderOf, installPart } = await import('./part.ts');

const quiet = (): void => undefined;

/** A part that counts its builds. */
function partOf(name: string, version = '1'): Part & { readonly built: () => number } {
  let built = 0;
  return {
    name,
    version,
    takes: 'no time',
    built: () => built,
    async build(folder) {
      built += 1;
      writeFileSync(join(folder, 'program'), `${name} ${version}`);
    },
  };
}

test('a part is built once, and another version beside it', async () => {
  const [first, second] = [partOf('tool'), partOf('tool', '2')];
  for (const part of [first, first, second]) await installPart(part, quiet);
  assert.deepEqual([first.built(), second.built()], [1, 1]);
  assert.equal(readFileSync(join(folderOf(first), 'program'), 'utf8'), 'tool 1');
  assert.equal(readFileSync(join(folderOf(second), 'program'), 'utf8'), 'tool 2');
});

test('a build that fails leaves nothing, and is tried again', async () => {
  const part = partOf('broken');
  const failing = {
    ...part,
    build: (folder: string) => part.build(folder).then(() => Promise.reject(new Error('no'))),
  };
  await assert.rejects(installPart(failing, quiet), /no/);
  assert.deepEqual(
    readdirSync(dirname(folderOf(part))).filter((name) => name.startsWith('broken')),
    [],
  );
  await installPart(part, quiet);
  assert.equal(part.built(), 2);
});

test('two that build the same part at once end with one whole part', async () => {
  const [one, other] = [partOf('twice'), partOf('twice')];
  await Promise.all([installPart(one, quiet), installPart(other, quiet)]);
  assert.equal(readFileSync(join(folderOf(one), 'program'), 'utf8'), 'twice 1');
  assert.deepEqual(
    readdirSync(dirname(folderOf(one))).filter((name) => name.startsWith('twice')),
    ['twice-1'],
  );
});
