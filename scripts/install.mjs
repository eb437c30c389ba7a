// Installs what the lock file names, builds the console and prepares the database, unless that is done. Plain JavaScript without dependencies, since it runs
// before anything is installed and on whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildConsole } from './build-console.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.kumiki-installed');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform} ${process.arch}`)
  .digest('hex');
/** npm's names of the engine's binaries, by platform and processor. */
const engineBinaries = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-armv7l',
  'linux-riscv64': 'linux-riscv64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

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
  installEngineBinary();
  writeFileSync(stamp, wanted);
}
if (!(await buildConsole(pinnedNode))) process.exit(1);
prepareDatabase();

/** Without it each new database takes about two seconds longer, and nothing else: a failure is told and not minded. */
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

/** A lock file made where the registry lacked a platform's binary does not name it: then it is fetched by name. */
function installEngineBinary() {
  const name = engineBinaries[`${process.platform}-${process.arch}`];
  if (name === undefined || existsSync(join(root, 'node_modules', '@node-llama-cpp', name))) return;
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'node-llama-cpp', 'package.json'), 'utf8'));
  if (npm(['install', '--no-save', '--no-package-lock', '--loglevel=error', `@node-llama-cpp/${name}@${version}`]))
    return;
  process.stderr.write(
    `The registry has no engine for ${name}: models of the llama engine cannot run here, others can.\n`,
  );
}

function npm(args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const stdio = ['ignore', process.stderr, process.stderr];
  return spawnSync(command, args, { cwd: root, stdio, shell: process.platform === 'win32' }).status === 0;
}
