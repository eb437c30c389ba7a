import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { compileCacheEnvironment } from '@kumiki/service';
import { until } from '@kumiki/testing';
import { startDatabase } from './start-database.ts';

const root = mkdtempSync(join(tmpdir(), 'kumiki-database-'));
after(() => rmSync(root, { recursive: true }));

test('a folder is held while its database is served, and served once', async () => {
  const at = { folder: mkdtempSync(join(root, 'data-')), socketFolder: mkdtempSync(join(root, 'run-')) };
  const database = await startDatabase(at);
  assert.ok(statSync(join(at.socketFolder, '.s.PGSQL.5432')).isSocket());
  await assert.rejects(startDatabase(at), /Kumiki runs already on/);
  await database.close();
  const again = await startDatabase(at);
  await again.close();
});

test('a folder that holds something else is refused with the reason', async () => {
  const at = { folder: join(root, 'run-here'), socketFolder: root };
  const other = mkdtempSync(join(root, 'other-'));
  mkdtempSync(join(other, 'something-'));
  await assert.rejects(startDatabase({ ...at, folder: other }), /holds something else than a database/);
});

/** Starts the process as `kumiki up` does; resolves when it answers on its socket. */
async function startProcess({ folder, socketFolder }: { readonly folder: string; readonly socketFolder: string }) {
  rmSync(join(socketFolder, '.s.PGSQL.5432'), { force: true });
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url))], {
    env: {
      ...compileCacheEnvironment(),
      KUMIKI_DATABASE_FOLDER: folder,
      KUMIKI_SOCKET_FOLDER: socketFolder,
      KUMIKI_OPS_PORT: '0',
      KUMIKI_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until('it takes connections', 60_000, () => {
    assert.equal(child.exitCode, null);
    return answers(join(socketFolder, '.s.PGSQL.5432'));
  });
  return {
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

test('a folder has one holder after a crash too, when the engine has reopened all its files', async () => {
  const at = { folder: mkdtempSync(join(root, 'data-')), socketFolder: mkdtempSync(join(root, 'run-')) };
  await (await startProcess(at)).kill();
  const again = await startProcess(at);
  await assert.rejects(startDatabase(at), /Kumiki runs already on/);
  await again.kill();
});

test('the files of an earlier version beside the lock are moved into the subfolder and used', async () => {
  const at = { folder: mkdtempSync(join(root, 'data-')), socketFolder: mkdtempSync(join(root, 'run-')) };
  await (await startDatabase(at)).close();
  const cluster = join(at.folder, 'cluster');
  for (const name of readdirSync(cluster)) renameSync(join(cluster, name), join(at.folder, name));
  rmSync(cluster, { recursive: true });
  await (await startDatabase(at)).close();
  assert.ok(existsSync(join(cluster, 'PG_VERSION')) && !existsSync(join(at.folder, 'PG_VERSION')));
});
