import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { editModelList, withPaths } from '../home/model-list.ts';
import { fakeService, type FakeRuntime, startFakeRuntime } from '../testing/fake-runtime.ts';
import { listModelsOf } from './model-access.ts';

const model = (source: string) =>
  fakeService('thief', 'behaves', { model: { source }, engine: { kind: 'llama' }, replicas: 0 });

/** The error of applying a manifest over the API; empty when it is accepted. */
async function refusalOf({ runtime }: FakeRuntime, source: string): Promise<string> {
  try {
    await runtime.apply([model(source)], null);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

function allow({ runtime }: FakeRuntime, ...paths: string[]): void {
  editModelList(runtime.home.modelList, (list) => withPaths(list, paths, 'operator', 1));
}

interface Folder extends Disposable {
  readonly path: string;
  write(name: string, text?: string): string;
}

function newFolder(): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'kumiki-models-')));
  mkdirSync(join(path, 'models'));
  return {
    path,
    write(name, text = `GGUF${'\0'.repeat(60)}`) {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true }),
  };
}

test('a path that nobody chose is refused in the same words whatever lies there', async () => {
  using folder = newFolder();
  await using fake = await startFakeRuntime([]);
  const { home } = fake.runtime;
  const paths = [
    '/etc/passwd',
    '/etc/shadow',
    '/root',
    '/dev/zero',
    '/nowhere/at/all',
    join(home.path, 'admin.key'),
    home.path,
  ];
  paths.push(folder.write('real.gguf'), folder.path, `${home.models}/../admin.key`, `${home.models}-more/x.gguf`);
  for (const path of paths) {
    const message = await refusalOf(fake, path);
    assert.ok(message.startsWith(`thief: spec.model.source: '${path}' is not in a models folder`), message);
    assert.ok(message.includes(`'kumiki models allow ${path}'`), message);
  }
  for (const path of ['x.gguf', './models/x.gguf', '../../etc/passwd']) {
    assert.match(await refusalOf(fake, path), /is no absolute path/);
  }
});

test("what lies in the state folder's models, and what the operator listed, is taken", async () => {
  using folder = newFolder();
  await using fake = await startFakeRuntime([]);
  const inHome = join(fake.runtime.home.models, 'a.gguf');
  writeFileSync(inHome, `GGUF${'\0'.repeat(60)}`);
  assert.equal(await refusalOf(fake, inHome), '');
  assert.match(await refusalOf(fake, join(fake.runtime.home.models, 'b.gguf')), /there is no file or folder/);
  const file = folder.write('models/c.gguf');
  allow(fake, file);
  assert.equal(await refusalOf(fake, file), '');
  assert.match(await refusalOf(fake, folder.write('models/d.gguf')), /is not in a models folder/);
  allow(fake, join(folder.path, 'models'));
  assert.equal(await refusalOf(fake, join(folder.path, 'models')), '');
  editModelList(fake.runtime.home.modelList, (list) => ({ ...list, allow: [] }));
  assert.match(await refusalOf(fake, file), /is not in a models folder/);
});

test('a link or a device in a listed folder leads nowhere else', async () => {
  using folder = newFolder();
  await using fake = await startFakeRuntime([]);
  const models = join(folder.path, 'models');
  const outside = folder.write('outside.gguf');
  allow(fake, models);
  symlinkSync(outside, join(models, 'link.gguf'));
  symlinkSync(folder.path, join(models, 'folder'));
  symlinkSync('/etc/passwd', join(models, 'passwd.gguf'));
  for (const path of ['link.gguf', 'folder/outside.gguf', 'folder', 'passwd.gguf', '']) {
    assert.match(await refusalOf(fake, join(models, path)), /is not in a models folder/, path);
  }
  allow(fake, outside);
  assert.equal(await refusalOf(fake, join(models, 'link.gguf')), '');
  rmSync(join(models, 'link.gguf'));
  rmSync(join(models, 'folder'));
  rmSync(join(models, 'passwd.gguf'));
  allow(fake, '/dev/null');
  assert.match(await refusalOf(fake, '/dev/null'), /is no file and no folder/);
});

test('what a service was given before is not loaded once its path is taken back', async () => {
  using folder = newFolder();
  const home = join(folder.path, 'home');
  const file = folder.write('models/a.gguf');
  {
    await using fake = await startFakeRuntime([model(file)], { home });
    assert.equal(fake.runtime.service('thief').models.length, 1, 'who starts it gives his word for its manifests');
    assert.deepEqual(await listModelsOf(fake.runtime.home, [model(file)], 2), []);
    editModelList(fake.runtime.home.modelList, (list) => ({ ...list, allow: [] }));
  }
  await using fake = await startFakeRuntime([], { home });
  const degraded = fake.runtime.service('thief').conditions.find(({ type }) => type === 'Degraded');
  assert.match(degraded?.message ?? '', /is not in a models folder/);
});
