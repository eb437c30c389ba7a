// Installs the packages of the lock file, builds the console and prepares the database, unless that is done. Plain
// JavaScript without dependencies, since it runs before anything is installed, with any Node that the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';
import { binaryName, installEngineBinary } from './engine-binary.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.kumiki-installed');
const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
const engine = binaryName(process.platform, process.arch);
const inLock = engine !== null && lock.includes(`"node_modules/@node-llama-cpp/${engine}"`);
const wanted = createHash('sha256')
  .update(lock)
  .update(`${process.platform} ${process.arch}`)
  // When the engine is not in the lock file, a change of engine-integrity.json requires another install.
  .update(inLock ? '' : readFileSync(join(root, 'scripts', 'engine-integrity.json')))
  .digest('hex');
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted || !existsSync(pinnedNode)) {
  process.stderr.write(
    'Installing what Kumiki needs from the npm registry. This happens once and takes about a minute.\n',
  );
  if (!npm(['ci', '--loglevel=error'])) {
    process.stderr.write(
      'npm ci failed. Its message above says why; the usual causes are no way to the registry or a full disk.\n',
    );
    process.exit(1);
  }
  prepareEngine();
  writeFileSync(stamp, wanted);
}
if (!(await buildConsole(pinnedNode))) process.exit(1);
prepareDatabase();

/** A failure is only reported: without it each new database takes about two seconds longer. */
function prepareDatabase() {
  const { version } = JSON.parse(
    readFileSync(join(root, 'node_modules', '@electric-sql', 'pglite', 'package.json'), 'utf8'),
  );
  if (existsSync(join(root, 'packages', 'postgres', 'prepared', `embedded-${version}.tar.gz`))) return;
  const { status } = spawnSync(pinnedNode, [join(root, 'scripts', 'prepare-database.ts')], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) process.stderr.write('The files of new databases could not be prepared; each makes its own.\n');
}

/** A lock file that was made when the registry lacked a platform's binary does not contain it. */
function prepareEngine() {
  const problem = installEngineBinary(root, engine, npm);
  if (problem === null) return;
  process.stderr.write(`Models of the llama engine cannot run here, others can: ${problem}\n`);
}

function npm(args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const stdio = ['ignore', process.stderr, process.stderr];
  return spawnSync(command, args, { cwd: root, stdio, shell: process.platform === 'win32' }).status === 0;
}
