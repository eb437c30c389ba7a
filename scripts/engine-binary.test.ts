import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { binaryName, installEngineBinary, integrityOf, pinnedIntegrity } from './engine-binary.mjs';

const root = mkdtempSync(join(tmpdir(), 'kumiki-engine-'));
after(() => rmSync(root, { recursive: true }));
const modules = join(root, 'node_modules');
mkdirSync(join(modules, 'node-llama-cpp'), { recursive: true });
writeFileSync(join(modules, 'node-llama-cpp', 'package.json'), '{"version":"9.9.9"}');

/** A fake npm whose registry serves these bytes, or nothing; records its arguments. */
function registryOf(bytes: string | null) {
  const asked: string[] = [];
  const npm = (args: string[]): boolean => {
    asked.push(args[0] ?? '');
    if (bytes === null) return false;
    const folder = args.find((arg) => arg.startsWith('--pack-destination='))?.split('=')[1];
    if (folder !== undefined) writeFileSync(join(root, folder, 'binary.tgz'), bytes);
    else assert.ok(existsSync(join(root, args.at(-1) ?? '')), 'what is installed is the file that was compared');
    return true;
  };
  return { asked, npm };
}

const pinned = { version: '9.9.9', integrity: { 'linux-x64': integrityOf('the binary') } };

test('a binary is installed when its bytes are the pinned ones', () => {
  const { asked, npm } = registryOf('the binary');
  assert.equal(installEngineBinary(root, 'linux-x64', npm, pinned), null);
  assert.deepEqual(asked, ['pack', 'install']);
});

test('other bytes are refused and never reach an installation', () => {
  const { asked, npm } = registryOf('another binary');
  assert.match(installEngineBinary(root, 'linux-x64', npm, pinned) ?? '', /is refused: its integrity is sha512-/);
  assert.deepEqual(asked, ['pack']);
});

test('what has no integrity for this very version is not even fetched', () => {
  const { asked, npm } = registryOf('the binary');
  assert.match(installEngineBinary(root, 'mac-x64', npm, pinned) ?? '', /has no integrity to compare it with/);
  assert.match(
    installEngineBinary(root, 'linux-x64', npm, { ...pinned, version: '9.9.8' }) ?? '',
    /has no integrity to compare it with/,
  );
  assert.deepEqual(asked, []);
});

test('a registry without it is told of, no platform needs none, and nothing is left behind', () => {
  const { npm } = registryOf(null);
  assert.match(installEngineBinary(root, 'linux-x64', npm, pinned) ?? '', /the registry does not give/);
  assert.equal(installEngineBinary(root, binaryName('sunos', 'x64'), npm, pinned), null);
  assert.deepEqual(readdirSync(modules), ['node-llama-cpp']);
});

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

test('the pinned integrities are of the engine that the lock file names, and agree with it', () => {
  const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
  const { packages } = readJson('../package-lock.json') as { packages: Record<string, Locked> };
  const real = readJson('./engine-integrity.json') as { version: string; integrity: Record<string, string> };
  assert.equal(real.version, packages['node_modules/node-llama-cpp']?.version, 'a new version needs new integrities');
  const here = Object.keys(packages).filter((path) => /^node_modules\/@node-llama-cpp\/[^/]+$/.test(path));
  const binaries = here.filter((path) => packages[path]?.version === real.version);
  assert.ok(binaries.length > 0);
  for (const path of binaries) {
    const name = path.slice('node_modules/@node-llama-cpp/'.length);
    assert.equal(pinnedIntegrity(real, name, real.version), packages[path]?.integrity, path);
  }
  for (const integrity of Object.values(real.integrity)) assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/);
});
