/**
 * Installs a PostgreSQL server with pgvector for the tests: unpacked from Debian's packages into a cache folder, with
 * pgvector compiled from Debian's source package. The machine's own PostgreSQL, if any, is not touched. Takes a minute
 * the first time, and no time afterwards. Ends with 0 on other systems than Debian: the tests that need the server are
 * then skipped with the reason.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { postgresFolder, serverVersion } from '../packages/postgres/src/testing/postgres-folder.ts';
import { privateApt } from './private-apt.ts';

/** The Debian release whose source of pgvector compiles against the server of the machine's own release. */
const vectorRelease = 'trixie';
const commandTimeoutMs = 300_000;

const target = postgresFolder();
const stamp = join(target, 'complete');
if (!existsSync(stamp)) {
  const reason = whyImpossible();
  if (reason === null) install();
  else console.log(`No PostgreSQL for tests: ${reason}`);
}

function whyImpossible(): string | null {
  const debian = existsSync('/etc/debian_version') && run('apt-get', ['--version'], '/', true);
  return debian ? null : 'this is not Debian.';
}

function install(): void {
  console.log(`Unpacking PostgreSQL ${serverVersion} and compiling pgvector for the tests. This happens once.`);
  const work = `${target}.${process.pid}`;
  const root = join(work, 'root');
  mkdirSync(root, { recursive: true, mode: 0o755 });
  try {
    installTools();
    const packages = ['postgresql', 'postgresql-client', 'postgresql-server-dev'].map(
      (name) => `${name}-${serverVersion}`,
    );
    must('apt-get', ['download', '-qq', ...packages], work);
    for (const file of readdirSync(work).filter((name) => name.endsWith('.deb')))
      must('dpkg', ['-x', file, root], work);
    installLibraries(root);
    compileVector(work, root);
    writeFileSync(join(root, 'complete'), '');
    rmSync(target, { recursive: true, force: true });
    renameSync(root, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Installs a compiler when there is none, which requires root; otherwise apt's message explains it. */
function installTools(): void {
  if (process.getuid?.() === 0) must('apt-get', ['update', '-qq'], '/');
  const missing = [
    ['make', 'make'],
    ['gcc', 'gcc libc6-dev'],
    ['dpkg-source', 'dpkg-dev'],
  ].filter(([command]) => !run('sh', ['-c', `command -v ${command}`], '/', true));
  if (missing.length === 0) return;
  must(
    'apt-get',
    ['install', '-y', '-qq', '--no-install-recommends', ...missing.flatMap(([, names]) => (names ?? '').split(' '))],
    '/',
  );
}

/** Installs the server's libraries, as dependencies of its packages. */
function installLibraries(root: string): void {
  const server = join(root, 'usr/lib/postgresql', serverVersion, 'bin/postgres');
  const { stdout } = spawnSync('ldd', [server], { encoding: 'utf8', timeout: commandTimeoutMs });
  if (!stdout.includes('not found')) return;
  must('apt-get', ['install', '-y', '-qq', '--no-install-recommends', `postgresql-${serverVersion}`], '/');
}

/** Builds pgvector into the unpacked tree. Without JIT (LLVM), whose compiler has half a gigabyte. */
function compileVector(work: string, root: string): void {
  const options = privateApt(work, 'deb-src', [vectorRelease]);
  must('apt-get', [...options, 'update', '-qq'], work);
  must('apt-get', [...options, 'source', '-qq', 'pgvector'], work);
  const source = readdirSync(work, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && entry.name.startsWith('pgvector-'),
  );
  if (source === undefined) throw new Error('the source package of pgvector holds no folder pgvector-*');
  const folder = join(work, source.name);
  const config = join(root, 'usr/lib/postgresql', serverVersion, 'bin/pg_config');
  const settings = [
    `PG_CONFIG=${config}`,
    'with_llvm=no',
    // The headers and makefiles are not where Debian's pg_config looks for them.
    `PG_CPPFLAGS=-I${join(root, 'usr/include/postgresql', serverVersion, 'server')} -I${join(root, 'usr/include/postgresql')}`,
    'OPTFLAGS=',
  ];
  must('make', ['-j2', '-s', ...settings], folder);
  must('make', ['-s', 'install', ...settings], folder);
}

function must(command: string, args: readonly string[], cwd: string): void {
  if (!run(command, args, cwd, false)) throw new Error(`${command} ${args.join(' ')} failed`);
}

function run(command: string, args: readonly string[], cwd: string, quiet: boolean): boolean {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: commandTimeoutMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0 && !quiet) process.stderr.write(`${stdout}${stderr}`);
  return status === 0;
}
