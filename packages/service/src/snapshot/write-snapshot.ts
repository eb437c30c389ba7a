import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { overwriteFile, replaceFile } from '../folder/atomic-file.ts';
import type { Log } from '../log.ts';

/** Between two attempts to write what the disk does not take. */
const retryMs = 1_000;
/** A writer's caller waits no longer for the disk. */
const waitMs = 2_000;
/**
 * Characters of a snapshot that its readers may be given each millisecond. They parse some fifty thousand of them in that time,
 * and do nothing else meanwhile: changes that follow each other closely may take no more than a part of it.
 */
const charactersPerMs = 10_000;
/** A snapshot that is no longer can be written while everything else waits. */
const maxCharactersAtOnce = 65_536;

export interface WriterOptions {
  /**
   * Short snapshots are in the file before the call returns, where the disk takes them: what is said next of what they hold is true
   * for their readers. They may be lost in a power cut.
   */
  readonly atOnce?: boolean;
}

/**
 * Writes a snapshot for those who watch its file: one write at a time, each whole, and of changes that come meanwhile one
 * with the last value.
 * @returns a function that resolves when its value, or a later one, is in the file; where the disk does not take it, after a while:
 *   it is tried again until it does. It never rejects.
 */
export function createSnapshotWriter(
  path: string,
  log: Log,
  { atOnce = false }: WriterOptions = {},
): (value: unknown) => Promise<void> {
  let next: { value: unknown; readonly done: PromiseWithResolvers<void> } | null = null;
  let running = false;

  async function run(): Promise<void> {
    running = true;
    const waiting: PromiseWithResolvers<void>[] = [];
    for (let taken = next; taken !== null; taken = next) {
      next = null;
      waiting.push(taken.done);
      const text = JSON.stringify(taken.value);
      if (await store(path, text, log)) {
        for (const done of waiting.splice(0)) done.resolve();
        await pause(text.length / charactersPerMs, undefined, { ref: false });
      } else {
        await pause(retryMs, undefined, { ref: false });
        next ??= { value: taken.value, done: Promise.withResolvers() };
      }
    }
    running = false;
  }

  return async (value) => {
    if (atOnce && !running && storeNow(path, JSON.stringify(value))) return;
    if (next === null) next = { value, done: Promise.withResolvers() };
    else next.value = value;
    const { promise } = next.done;
    if (!running) void run();
    await Promise.race([promise, pause(waitMs, undefined, { ref: false })]);
  };
}

/** @returns whether the file has the text. */
function storeNow(path: string, text: string): boolean {
  if (text.length > maxCharactersAtOnce) return false;
  try {
    writeFileSync(`${path}.now`, text, { mode: 0o600 });
    renameSync(`${path}.now`, path);
    return true;
  } catch {
    return false;
  }
}

/** @returns whether the file has the text. */
async function store(path: string, text: string, log: Log): Promise<boolean> {
  try {
    await replaceFile(path, text);
    return true;
  } catch (error) {
    log.error({ path, err: error }, 'a snapshot cannot be written');
  }
  // A full disk must not keep a key alive that was revoked: the shorter list of keys fits where the longer one was.
  return overwriteFile(path, text).catch(() => false);
}
