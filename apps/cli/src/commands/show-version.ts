import { readFileSync } from 'node:fs';
import { readVersion } from '../host/version.ts';
import { print, printJson } from '../terminal/print.ts';

export function showVersion(flags: { readonly json?: boolean }): void {
  const versions = {
    kumiki: readVersion(),
    node: process.versions.node,
    engine: engineVersion(),
    platform: `${process.platform} ${process.arch}`,
  };
  if (flags.json === true) return printJson(versions);
  print(`kumiki ${versions.kumiki}`);
  print(`node ${versions.node}, node-llama-cpp ${versions.engine ?? 'not installed'}, ${versions.platform}`);
}

const enginePackage = 'node-llama-cpp';

/** The version of the engine's package, read without loading it. */
function engineVersion(): string | null {
  try {
    const entry = import.meta.resolve(enginePackage);
    const folder = entry.slice(0, entry.lastIndexOf(enginePackage) + enginePackage.length);
    return (JSON.parse(readFileSync(new URL(`${folder}/package.json`), 'utf8')) as { version: string }).version;
  } catch {
    return null;
  }
}
