// Installs the engine's binary for this machine when the lock file does not contain it. Plain JavaScript:
// scripts/install.mjs calls it with any Node that the machine has.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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

/** Integrity hashes of the binaries of one version; platforms that the registry did not have yet are missing. */
const pinnedBinaries = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'engine-integrity.json'), 'utf8'),
);

/**
 * npm's name of this machine's binary.
 * @param {string} platform
 * @param {string} arch
 * @returns {string | null} null when there is none.
 */
export function binaryName(platform, arch) {
  return engineBinaries[`${platform}-${arch}`] ?? null;
}

/**
 * The required integrity of a binary.
 * @param {{ version: string, integrity: Record<string, string> }} pinned
 * @param {string} name
 * @param {string} version of the engine that is installed.
 * @returns {string | null} null when none is known.
 */
export function pinnedIntegrity(pinned, name, version) {
  return pinned.version === version && Object.hasOwn(pinned.integrity, name) ? pinned.integrity[name] : null;
}

/**
 * @param {string | Uint8Array} bytes
 * @returns {string} as npm writes it.
 */
export function integrityOf(bytes) {
  return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
}

/**
 * Fetches a binary, and installs it only if its integrity matches.
 * @param {string} root folder whose node_modules gets it.
 * @param {string | null} name
 * @param {(args: string[]) => boolean} npm runs npm in `root`; returns whether it succeeded.
 * @returns {string | null} null when it is installed, otherwise why not.
 */
export function installEngineBinary(root, name, npm, pinned = pinnedBinaries) {
  const modules = join(root, 'node_modules');
  if (name === null || existsSync(join(modules, '@node-llama-cpp', name))) return null;
  const { version } = JSON.parse(readFileSync(join(modules, 'node-llama-cpp', 'package.json'), 'utf8'));
  const spec = `@node-llama-cpp/${name}@${version}`;
  const expected = pinnedIntegrity(pinned, name, version);
  if (expected === null) {
    return `${spec} is not fetched, since scripts/engine-integrity.json has no integrity to compare it with; "npm view ${spec} dist.integrity" asks the registry for it.`;
  }
  // In node_modules, so that npm gets a relative path, since Windows' shell splits paths at blanks.
  const folder = mkdtempSync(join(modules, '.engine-'));
  const relative = `./node_modules/${basename(folder)}`;
  try {
    if (!npm(['pack', '--ignore-scripts', '--loglevel=error', `--pack-destination=${relative}`, spec])) {
      return `the registry does not give ${spec}.`;
    }
    const file = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
    if (file === undefined) return `npm fetched no archive of ${spec}.`;
    const found = integrityOf(readFileSync(join(folder, file)));
    if (found !== expected) return `${spec} is refused: its integrity is ${found}, and ${expected} is pinned.`;
    // With the lock file; without it npm would replace the locked versions.
    const install = ['install', '--no-save', '--ignore-scripts', '--loglevel=error'];
    return npm([...install, `${relative}/${file}`]) ? null : `npm cannot install ${spec}.`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
