/** Circles that are still to be cut: the list gets shorter only. Files in order, a blank between two. */
export const knownFileCircles: readonly string[] = [];

/** Pairs of folders that import each other, still to be cut: the list gets shorter only. */
export const knownFolderPairs: readonly string[] = [
  'apps/worker/src and apps/worker/src/http',
  'apps/worker/src/engine and apps/worker/src/engine/llama',
  'apps/worker/src/engine and apps/worker/src/engine/simulated',
];
