#!/usr/bin/env node
// Starts the CLI on the Node that it was made for. Plain JavaScript, since the Node that reads this may be too old
// for anything else; the right one is among our own dependencies.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const leastMajor = 24;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const cache = findCacheFolder();

if (Number(process.versions.node.split('.')[0]) >= leastMajor) {
  if (cache !== null) module.enableCompileCache(cache);
  await import('../src/main.ts');
} else runOnPinnedNode();

function runOnPinnedNode() {
  const node = findPinnedNode();
  if (node === null) {
    process.stderr.write(
      `Kumiki needs Node ${leastMajor}; this is ${process.versions.node}. Run 'npm ci' in Kumiki's folder: it installs the right one beside it.\n`,
    );
    process.exit(1);
  }
  const env = cache === null ? process.env : { ...process.env, NODE_COMPILE_CACHE: cache };
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit', env });
  // Ctrl-C reaches both of us by the terminal, and the child decides what it means.
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
 * What Node makes of our TypeScript is kept: it is half of the work of a start. Beside our dependencies, where nobody
 * can write who could not change those too.
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
