// Runs while the image is built, after `npm ci --omit=dev`: writes the list of packages, and removes what no service runs.
// Plain JavaScript without dependencies.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const modules = 'node_modules';
const largestListBytes = 67_108_864;

writeFileSync('sbom.spdx.json', listPackages());
const engine = process.arch === 'x64' ? 'linux-x64' : `linux-${process.arch}`;
const engines = join(modules, '@node-llama-cpp');
for (const name of existsSync(engines) ? readdirSync(engines) : [])
  if (name !== engine) rmSync(join(engines, name), { recursive: true });
// Types, a compiler that a package names as its peer, and what only builds and installs.
for (const name of ['typescript', '@typescript', '@types', '.cache'])
  rmSync(join(modules, name), { recursive: true, force: true });
rmSync('scripts', { recursive: true });
rmSync('tsconfig.json');

/** The packages in SPDX. npm puts the time and a random number into it, which would make every image another one. */
function listPackages() {
  const text = execFileSync('npm', ['sbom', '--package-lock-only', '--omit=dev', '--sbom-format=spdx'], {
    encoding: 'utf8',
    maxBuffer: largestListBytes,
  });
  const list = JSON.parse(text);
  list.creationInfo.created = '1970-01-01T00:00:00Z';
  const { name, packages } = list;
  const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 32);
  list.documentNamespace = `http://spdx.org/spdxdocs/${name}-${digest}`;
  return `${JSON.stringify(list, null, 1)}\n`;
}
