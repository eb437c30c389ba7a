#!/usr/bin/env node
// Starts the CLI on the pinned Node, which is among the dependencies. Plain JavaScript, since the Node that runs this
// file may be too old for TypeScript.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const leastMajor = 24;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const cache = findCacheFolder();

if (Number(process.versions.node.split('.')[0]) >= leastMajor) {
  // The young generation stays as small as it begins, however this file is started: `kumiki up` creates few objects, and a
  // large one costs 20 MiB that nothing uses.
  v8.setFlagsFromString('--semi-space-growth-factor=1');
  if (cache !== null) shareCompileCache(cache);
  await import('../src/main.ts');
} else runOnPinnedNode();

/** Uses Node's compile cache here and in child processes, of which most load the same files. */
function shareCompileCache(folder) {
  if (process.env.NODE_COMPILE_CACHE !== undefined) return;
  const { directory } = module.enableCompileCache(folder);
  if (directory !== undefined && isWritable(directory)) process.env.NODE_COMPILE_CACHE = folder;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function runOnPinnedNode() {
  const node = findPinnedNode();
  if (node === null) {
    process.stderr.write(
      `Kumiki needs Node ${leastMajor}; this is ${process.versions.node}. Run 'npm ci' in Kumiki's folder: it installs the right one beside it.\n`,
    );
    process.exit(1);
  }
  const env = cache === null ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
  const child = spawn(node, [...process.execArgv, main, ...process.argv.slice(2)], { stdio: 'inherit', env });
  // The terminal sends Ctrl-C to both processes; the child handles it.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

function findPinnedNode() {
  const name = join('node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const modules = findModules(name);
  return modules === null ? null : join(modules, name);
}

/**
 * Folder of Node's compile cache, which halves the time of a start. It is inside node_modules, so that only users who
 * can change the dependencies can write to it.
 */
function findCacheFolder() {
  const modules = findModules('.package-lock.json');
  return modules === null ? null : join(modules, '.cache', 'kumiki');
}

/** The nearest node_modules folder that holds the file. */
function findModules(file) {
  for (let folder = dirname(main); folder !== dirname(folder); folder = dirname(folder)) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(modules, file))) return modules;
  }
  return null;
}
