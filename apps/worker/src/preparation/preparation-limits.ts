/** Limits on the preparation of requests. */
export interface PreparationLimits {
  /** Larger bodies are prepared by a thread. */
  readonly inlineBytes: number;
  /** Number of threads. */
  readonly threads: number;
  /** How long the preparation of an empty body may take. */
  readonly baseMs: number;
  /** Additional time for each started mebibyte. */
  readonly perMebibyteMs: number;
  /** Heap of a thread, in mebibytes. */
  readonly heapMebibytes: number;
  /** Total bytes of bodies that wait for a thread or are in one. */
  readonly heldBytes: number;
  /** How long an idle thread is kept. */
  readonly idleMs: number;
}

/**
 * A body of 32 KiB takes some milliseconds, whatever its contents; one of 32 MiB takes about a second on a thread that
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

/** How long the preparation of a body of this size may take. */
export function preparationMs(bytes: number, { baseMs, perMebibyteMs }: PreparationLimits): number {
  return baseMs + Math.ceil(bytes / mebibyte) * perMebibyteMs;
}
