import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Database, migrate, openDatabase } from '@kumiki/postgres';
import { startPostgres, type TestPostgres, whyNoPostgres } from '@kumiki/postgres/testing';
import { createDatabaseObjects } from './database-objects.ts';
import { createFolderObjects } from './folder-objects.ts';
import { blockBytes, type ObjectStore } from './object-store.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));
const skip = whyNoPostgres() ?? false;

/** Bytes of the given length in which all blocks differ. */
function bytesOf(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 16)) % 251));
}

async function* piecesOf(content: Buffer, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

async function readAll(store: ObjectStore, id: string): Promise<{ content: Buffer; longest: number }> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(id)) pieces.push(piece);
  return { content: Buffer.concat(pieces), longest: Math.max(0, ...pieces.map(({ length }) => length)) };
}

/** The contract of every store. */
function promises(open: () => ObjectStore): void {
  let number = 0;
  const newObject = (): string => `file-object${number++}`;

  test('what was written in pieces of any size comes back byte for byte, in pieces of a bounded size', async () => {
    const store = open();
    for (const [length, pieceBytes] of [
      [0, 1],
      [1, 1],
      [blockBytes, blockBytes],
      [blockBytes + 1, 65_537],
      [2 * blockBytes + blockBytes / 2, 3 * blockBytes],
    ] as const) {
      const id = newObject();
      const content = bytesOf(length);
      await store.write(id, piecesOf(content, pieceBytes));
      const read = await readAll(store, id);
      assert.ok(read.content.equals(content), `${length} bytes`);
      assert.ok(read.longest <= blockBytes);
    }
  });

  test('of an object whose source fails nothing is left', async () => {
    const store = open();
    const id = newObject();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytesOf(2 * blockBytes);
      throw new Error('the client has left');
    }
    await assert.rejects(store.write(id, failing()), /the client has left/);
    await assert.rejects(readAll(store, id));
    assert.ok(!(await store.listOlderThan(-1_000)).includes(id));
  });

  test('an object that was removed is gone, and may be removed again', async () => {
    const store = open();
    const id = newObject();
    await store.write(id, piecesOf(bytesOf(10), 10));
    await store.remove(id);
    await store.remove(id);
    await assert.rejects(readAll(store, id));
  });

  test('objects are told by their age', async () => {
    const store = open();
    const id = newObject();
    await store.write(id, piecesOf(bytesOf(10), 10));
    assert.ok((await store.listOlderThan(-1_000)).includes(id));
    assert.ok(!(await store.listOlderThan(3_600_000)).includes(id));
  });

  test('what is no id of ours names no object', async () => {
    const store = open();
    for (const id of ['../escape', 'file-', 'file-UPPER', 'file-a/b', '']) {
      await assert.rejects(store.write(id, piecesOf(bytesOf(1), 1)), /not the id of an object/);
      await assert.rejects(async () => readAll(store, id), /not the id of an object/);
      await assert.rejects(store.remove(id), /not the id of an object/);
    }
  });
}

/** Behaviour of the store in rows only. */
function promisesOfRows(open: () => Database): void {
  test('a second writer of one id is refused, and the first one keeps its bytes', async () => {
    const store = createDatabaseObjects(open());
    await store.write('file-twice', piecesOf(bytesOf(100), 7));
    await assert.rejects(store.write('file-twice', piecesOf(bytesOf(5), 5)));
    assert.equal((await readAll(store, 'file-twice')).content.length, 100);
  });

  test('an object that is removed while it is read ends in an error and not as a shorter one', async () => {
    const store = createDatabaseObjects(open());
    await store.write('file-going', piecesOf(bytesOf(3 * blockBytes), blockBytes));
    let blocks = 0;
    await assert.rejects(async () => {
      for await (const block of store.read('file-going')) {
        assert.equal(block.length, blockBytes);
        if (++blocks === 1) await store.remove('file-going');
      }
    }, /the bytes of this file are gone/);
    assert.equal(blocks, 1);
    const { rows } = await open().query("SELECT 1 FROM search.object_blocks WHERE object_id = 'file-going'");
    assert.equal(rows.length, 0);
  });
}

suite('in a folder', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kumiki-objects-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  promises(() => createFolderObjects(join(folder, 'made when needed')));

  test('what is half written is no object yet', async () => {
    const inner = join(folder, 'half');
    const store = createFolderObjects(inner);
    async function* watched(): AsyncGenerator<Uint8Array> {
      yield bytesOf(10);
      assert.deepEqual(readdirSync(inner), ['file-half.part']);
      await assert.rejects(readAll(store, 'file-half'));
      assert.deepEqual(await store.listOlderThan(-1_000), ['file-half']);
    }
    await store.write('file-half', watched());
    assert.deepEqual(readdirSync(inner), ['file-half']);
  });
});

suite('in the embedded database', () => {
  let database: Database;
  before(async () => {
    database = openDatabase({ folder: null });
    await migrate(database, 'search', migrations);
  });
  after(() => database.close());
  promises(() => createDatabaseObjects(database));
  promisesOfRows(() => database);
});

suite('on a server', { skip }, () => {
  let postgres: TestPostgres;
  let database: Database;
  before(async () => {
    postgres = await startPostgres();
    database = openDatabase({ url: postgres.url, applicationName: 'test' });
    await migrate(database, 'search', migrations);
  });
  after(async () => {
    await database.close();
    await postgres.stop();
  });
  promises(() => createDatabaseObjects(database));
  promisesOfRows(() => database);

  test('many objects are written and read at once', async () => {
    const store = createDatabaseObjects(database);
    const contents = Array.from({ length: 8 }, (_, index) => bytesOf(blockBytes + index));
    await Promise.all(contents.map((content, index) => store.write(`file-many${index}`, piecesOf(content, 99_991))));
    const read = await Promise.all(contents.map((_, index) => readAll(store, `file-many${index}`)));
    for (const [index, { content }] of read.entries()) assert.ok(content.equals(contents[index] ?? Buffer.alloc(0)));
  });

  test('a server that dies under an upload fails it, and what is left of it is found by its age and removed', async () => {
    const store = createDatabaseObjects(database);
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield bytesOf(blockBytes);
      yield bytesOf(1);
      await postgres.kill();
      yield bytesOf(blockBytes);
    }
    await assert.rejects(store.write('file-cut', cut()));
    await postgres.start();
    assert.ok((await store.listOlderThan(-1_000)).includes('file-cut'));
    await store.remove('file-cut');
    const { rows } = await database.query("SELECT 1 FROM search.object_blocks WHERE object_id = 'file-cut'");
    assert.equal(rows.length, 0);
  });
});
