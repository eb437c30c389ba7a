/** Circles that are still to be cut: the list gets shorter only. Files in order, a blank between two. */
export const knownFileCircles: readonly string[] = [
  'apps/gateway/src/body/scan-request.ts apps/gateway/src/body/scanned-request.ts',
  'apps/gateway/src/proxy/claim.ts apps/gateway/src/routes/endpoint-state.ts',
  'apps/gateway/src/upstream/connection.ts apps/gateway/src/upstream/exchange.ts',
];

/** Pairs of folders that import each other, still to be cut: the list gets shorter only. */
export const knownFolderPairs: readonly string[] = [
  'apps/gateway/src and apps/gateway/src/backend',
  'apps/gateway/src and apps/gateway/src/observe',
  'apps/gateway/src and apps/gateway/src/proxy',
  'apps/gateway/src/backend and apps/gateway/src/requests',
  'apps/gateway/src/body and apps/gateway/src/http',
  'apps/gateway/src/proxy and apps/gateway/src/requests',
  'apps/gateway/src/proxy and apps/gateway/src/routes',
  'apps/worker/src and apps/worker/src/http',
  'apps/worker/src/engine and apps/worker/src/engine/llama',
  'apps/worker/src/engine and apps/worker/src/engine/simulated',
];
