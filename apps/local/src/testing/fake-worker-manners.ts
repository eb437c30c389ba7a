/** How a fake worker behaves, by the `contextTokens` of its engine: another number is another revision too. */
export const fakeWorkerManners = {
  behaves: 1_000,
  behavesToo: 1_001,
  /** Exits at once. */
  crashes: 1_002,
  /** Says why it cannot run, and exits. */
  fails: 1_003,
  neverLoads: 1_004,
  /** Says that its engine stands still. */
  stalls: 1_006,
  /** Has a request that does not end. */
  isBusy: 1_007,
  ignoresSigterm: 1_008,
} as const;

export type FakeWorkerManner = keyof typeof fakeWorkerManners;
