/**
 * Behaviours of a fake worker, selected by its engine's `contextTokens`, since another number is also another revision.
 */
export const fakeWorkerBehaviours = {
  behaves: 1_000,
  behavesToo: 1_001,
  /** Exits at once. */
  crashes: 1_002,
  /** Reports a failure, and exits. */
  fails: 1_003,
  neverLoads: 1_004,
  /** Reports that its engine has stalled. */
  stalls: 1_006,
  /** Has a request that does not end. */
  isBusy: 1_007,
  ignoresSigterm: 1_008,
} as const;

export type FakeWorkerBehaviour = keyof typeof fakeWorkerBehaviours;
