import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's own folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const foreign = new Set(['node_modules', 'dist', '.git', '.kumiki', '__pycache__']);

/** Every file of the repository that a person writes, relative to its root, with `/` between folders. */
export function findFiles(pattern: string | readonly string[]): string[] {
  return globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => foreign.has(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length + 1)
        .replaceAll('\\', '/'),
    )
    .toSorted();
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** TypeScript of the product, its tests and its benchmarks. */
export const sourceFiles = findFiles([
  'packages/*/src/**/*.ts',
  'apps/*/src/**/*.ts',
  'apps/console/web/**/*.{ts,tsx}',
  'apps/*/bin/**/*.{ts,js}',
  'tests/**/*.ts',
  'bench/**/*.ts',
  'scripts/**/*.{ts,mjs}',
]);

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('tests/');
}

/** Whether a file is shipped: packages and apps without their tests. */
export function isProduct(path: string): boolean {
  return /^(packages|apps)\//.test(path) && !isTest(path) && !path.includes('/testing/');
}

/** The line of a position in a text, from 1. */
export function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
