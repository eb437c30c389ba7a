import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedPages } from './pages.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

for (const [path, render] of Object.entries(generatedPages)) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), render());
}
