import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Bytes read from each end of the file: the header with its tensor list, and the last weights. */
const sampleBytes = 1024 * 1024;

/**
 * Identifies the weights and the settings that affect answers: a hash over each file's size, its first and last MiB,
 * and the settings. Reading whole files of many gigabytes at each start would cost more than it proves.
 */
export async function fingerprintOf(modelPath: string, settings: Readonly<Record<string, unknown>>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const path of partsOf(modelPath)) await sample(path, hash);
  return `llama-${hash.digest('hex').slice(0, 12)}`;
}

/** The files of a split model, named `…-00001-of-00003.gguf` and so on; else the file alone. */
export function partsOf(modelPath: string): string[] {
  const split = /^(.*-)00001(-of-(\d{5})\.gguf)$/.exec(modelPath);
  if (split === null) return [modelPath];
  const [, before = '', after = '', count = '1'] = split;
  return Array.from({ length: Number(count) }, (_, index) => before + String(index + 1).padStart(5, '0') + after);
}

async function sample(path: string, hash: Hash): Promise<void> {
  await using file = await open(path);
  const { size } = await file.stat();
  hash.update(`${size} `);
  for (const position of [0, Math.max(0, size - sampleBytes)]) {
    const buffer = Buffer.alloc(Math.min(sampleBytes, size));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    hash.update(buffer.subarray(0, bytesRead));
  }
}
