import type { ScannedRequest } from '../body/scan-request.ts';

/** Completion tokens that are reserved for a request that names no limit of its own. */
const defaultReservedCompletion = 256;

/** Bytes of JSON per prompt token, for reserving before the tokens are counted; English is near 4, Japanese near 3. */
const bytesPerToken = 4;

/** Completion tokens to reserve for a request: what its answers may take together. */
export function estimateCompletion(scanned: ScannedRequest): number {
  if (scanned.input !== null) return 0;
  const perChoice = scanned.maxCompletionTokens ?? scanned.maxTokens ?? defaultReservedCompletion;
  return perChoice * Math.max(1, scanned.n ?? 1);
}

export function estimatePrompt(scanned: ScannedRequest): number {
  const span = scanned.messages ?? scanned.prompt ?? scanned.input;
  return span === null ? 0 : Math.ceil((span.end - span.start) / bytesPerToken);
}
