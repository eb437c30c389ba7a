// Builds the console into apps/console/dist when its sources have changed, and compresses its files for browsers. Plain
// JavaScript: scripts/install.mjs calls it with any Node that the machine has.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, extname, join, relative } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const app = join(root, 'apps', 'console');
const built = join(app, 'dist');
const stamp = join(built, '.kumiki-built');

/** What the built files depend on: the app itself and the packages that it bundles. */
const sources = [
  'apps/console/index.html',
  'apps/console/package.json',
  'apps/console/public',
  'apps/console/vite.config.ts',
  'apps/console/web',
  'packages/api/src',
  'packages/openai/src',
  'package-lock.json',
  'scripts/build-console.mjs',
];

const packed = new Set(['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest']);
/** Smaller files do not benefit from compression. */
const leastPackedBytes = 256;

if (argv[1] === fileURLToPath(import.meta.url) && !(await buildConsole(execPath))) process.exit(1);

/**
 * Builds when something has changed. A failed build prints the reason and keeps the previous one.
 * @param node the Node to build with.
 * @returns whether the console is up to date.
 */
export async function buildConsole(node) {
  if (!existsSync(join(app, 'vite.config.ts'))) return true;
  const wanted = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return true;
  process.stderr.write('Building the console. This happens when its sources have changed.\n');
  // In a temporary folder, so that concurrent builds do not mix, and no partial build is visible.
  const folder = join(app, `dist-${process.pid}`);
  try {
    if (!runVite(node, folder)) {
      process.stderr.write('The console could not be built. The message above says why.\n');
      return false;
    }
    await packFolder(folder);
    writeFileSync(join(folder, '.kumiki-built'), wanted);
    rmSync(built, { recursive: true, force: true });
    renameSync(folder, built);
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function hashSources() {
  const hash = createHash('sha256');
  for (const source of sources) {
    for (const file of filesOf(join(root, source))) {
      if (/\.test\.tsx?$/.test(file)) continue;
      const bytes = readFileSync(file);
      hash.update(`${relative(root, file)} ${bytes.length}\n`).update(bytes);
    }
  }
  return hash.digest('hex');
}

/** A file, or all files below a folder in a fixed order; none when the path does not exist. */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

function runVite(node, folder) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const args = [vite, 'build', '--outDir', folder, '--emptyOutDir', '--logLevel', 'warn'];
  const { status, error } = spawnSync(node, args, { cwd: app, stdio: ['ignore', process.stderr, process.stderr] });
  if (error !== undefined) process.stderr.write(`${error.message}\n`);
  return status === 0;
}

/** Writes a compressed copy in each encoding beside every file that gets smaller. */
async function packFolder(folder) {
  const files = filesOf(folder).filter((file) => packed.has(extname(file)) && statSync(file).size >= leastPackedBytes);
  const workers = Array.from({ length: Math.min(4, availableParallelism()) }, async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) await packFile(file);
  });
  await Promise.all(workers);
}

async function packFile(file) {
  const bytes = readFileSync(file);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  const copies = [
    ['.br', await promisify(brotliCompress)(bytes, { params })],
    ['.gz', await promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION })],
  ];
  for (const [ending, copy] of copies) if (copy.length < bytes.length) writeFileSync(file + ending, copy);
}
