import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Something that the cluster is made of, built or unpacked once into a folder of its own. */
export interface Part {
  readonly name: string;
  /** Stamps the folder: another version is another folder. */
  readonly version: string;
  /** How long it takes, shown to a waiting user. */
  readonly takes: string;
  /** Fills an empty folder. */
  build(folder: string): Promise<void>;
}

const partsFolder = join(homedir(), '.cache', 'kumiki', 'cluster');

/** Where a part lies once it is installed. */
export function folderOf(part: Part): string {
  return join(partsFolder, `${part.name}-${part.version}`);
}

/** Builds a part unless it is there. A build that is cut off leaves no part behind, since the folder gets its name last. */
export async function installPart(part: Part, say: (line: string) => void): Promise<void> {
  const target = folderOf(part);
  if (existsSync(target)) return;
  say(`Building ${part.name} ${part.version} for test clusters, once: ${part.takes}.`);
  const startedAt = performance.now();
  mkdirSync(partsFolder, { recursive: true });
  const work = mkdtempSync(`${target}.part-`);
  try {
    await part.build(work);
    // Another run may have built the same part meanwhile; both are alike.
    if (existsSync(target)) return;
    renameSync(work, target);
    say(`Built ${part.name} in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
