import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { findGgufModels } from './gguf-files.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-gguf-'));
after(() => rmSync(root, { recursive: true }));

const everywhere = async (): Promise<null> => null;

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(root, 'models-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

async function refusal(path: string): Promise<string> {
  const result = await findGgufModels(path, everywhere);
  return result.ok ? '' : result.reason;
}

test('the parts of a split model are one model with the size of all', async () => {
  const folder = folderOf({ 'Big-Model-00001-of-00002.gguf': 'GGUF12', 'Big-Model-00002-of-00002.gguf': 'GGUF1' });
  const result = await findGgufModels(folder, everywhere);
  assert.ok(result.ok);
  assert.deepEqual(
    result.models.map(({ name, bytes, path }) => [name, bytes, path]),
    [['big-model', 11, join(folder, 'Big-Model-00001-of-00002.gguf')]],
  );
  rmSync(join(folder, 'Big-Model-00002-of-00002.gguf'));
  assert.match(await refusal(folder), /there is no file .*00002-of-00002\.gguf/);
});

test('names that no client could write are made into such', async () => {
  const folder = folderOf({ '(My) Model, v1.5!.gguf': 'GGUF', '日本語.gguf': 'GGUF' });
  const result = await findGgufModels(folder, everywhere);
  assert.deepEqual(result.ok && result.models.map(({ name }) => name), ['model', 'my-model-v1.5']);
});

test('what is no model is refused by its content, not by its name', async () => {
  assert.match(
    await refusal(folderOf({ 'a.gguf': 'PK' })),
    /a\.gguf is not a GGUF file: it does not begin with 'GGUF'/,
  );
  assert.match(await refusal(folderOf({ 'a.txt': 'GGUF' })), /holds no \.gguf file/);
  assert.match(
    await refusal(folderOf({ 'A.gguf': 'GGUF', 'a.GGUF': 'GGUF' })),
    /would both be the model 'a'; rename one/,
  );
  assert.match(
    await refusal(folderOf({ 'a-00002-of-00002.gguf': 'GGUF' })),
    /later parts of a split model and no first/,
  );
  assert.match(await refusal(join(root, 'nothing')), /there is no file or folder/);
});

test('another size or time of a file is another identity', async () => {
  const folder = folderOf({ 'a.gguf': 'GGUF' });
  const identity = async () => {
    const result = await findGgufModels(join(folder, 'a.gguf'), everywhere);
    return result.ok ? result.models[0]?.identity : null;
  };
  const before = await identity();
  assert.equal(await identity(), before);
  utimesSync(join(folder, 'a.gguf'), 1, 1);
  assert.notEqual(await identity(), before);
});
