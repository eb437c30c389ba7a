/** What the preparation of requests may take. */
export interface PreparationLimits {
  /** Larger bodies are prepared by a thread. */
  readonly inlineBytes: number;
  /** Threads that prepare. */
  readonly threads: number;
  /** How long the preparation of an empty body may take. */
  readonly baseMs: number;
  /** And how much longer for each started mebibyte. */
  readonly perMebibyteMs: number;
  /** Heap of a thread, in mebibytes. */
  readonly heapMebibytes: number;
  /** Bodies that wait for a thread or are in one, in bytes together. */
  readonly heldBytes: number;
  /** How long a thread is kept that has nothing to do. */
  readonly idleMs: number;
}

/**
 * A body of 32 KiB takes some milliseconds, whatever it is made of; one of 32 MiB takes about a second on a thread that
 * has a core, so the deadlines leave a busy machine ten times as long.
 */
export const preparationLimits: PreparationLimits = {
  inlineBytes: 32_768,
  threads: 2,
  baseMs: 5_000,
  perMebibyteMs: 500,
  heapMebibytes: 512,
  heldBytes: 134_217_728,
  idleMs: 300_000,
};

const mebibyte = 1_048_576;

/** How long a body of so many bytes may be prepared. */
export function preparationMs(bytes: number, { baseMs, perMebibyteMs }: PreparationLimits): number {
  return baseMs + Math.ceil(bytes / mebibyte) * perMebibyteMs;
}
