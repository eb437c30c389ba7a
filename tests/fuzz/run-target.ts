import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@kumiki/testing';
import { mutateInput } from './mutate-input.ts';
import type { FuzzTarget } from './target.ts';

/** CPU time of an input of a few kilobytes that counts as a failure. */
const slowMs = 1_000;

export interface FuzzRun {
  readonly inputs: number;
  /** The first input that failed or was slow, with the reason. */
  readonly failure: { readonly input: Buffer; readonly reason: string } | null;
}

export function corpusFolder({ name }: FuzzTarget): string {
  return fileURLToPath(new URL(`./corpus/${name}`, import.meta.url));
}

/** The kept inputs: seeds of mutations, and earlier findings. */
export function readCorpus(target: FuzzTarget): Buffer[] {
  const folder = corpusFolder(target);
  return readdirSync(folder)
    .toSorted()
    .map((file) => readFileSync(join(folder, file)));
}

/** Runs the corpus unchanged, then mutations of it until the time has passed. The same seed gives the same inputs. */
export function runTarget(target: FuzzTarget, { seed, durationMs }: { seed: number; durationMs: number }): FuzzRun {
  const corpus = readCorpus(target);
  const random = seededRandom(seed);
  const until = performance.now() + durationMs;
  let inputs = 0;
  const attempt = (input: Buffer): FuzzRun | null => {
    inputs++;
    const reason = whyWrong(target, input);
    return reason === null ? null : { inputs, failure: { input, reason } };
  };
  for (const input of corpus) {
    const found = attempt(input);
    if (found !== null) return found;
  }
  while (performance.now() < until) {
    const found = attempt(mutateInput({ random, corpus, words: target.words }));
    if (found !== null) return found;
  }
  return { inputs, failure: null };
}

function whyWrong({ check }: FuzzTarget, input: Buffer): string | null {
  const before = process.threadCpuUsage();
  try {
    // A copy, in case the target changes it.
    check(Buffer.from(input));
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1_000;
  return ms > slowMs ? `it took ${Math.round(ms)} ms` : null;
}
