/** How long the gateway waits for a service. */
export interface BackendWaits {
  /** For a connection. */
  readonly connectMs: number;
  /** From the end of the request to the head of its reply, for requests that only look up or store something. */
  readonly answerMs: number;
  /** The same for replies that wait for a model. Services give up after 300 s. */
  readonly modelMs: number;
  /** The same after a streamed body, whose last part still has to be stored. */
  readonly storeMs: number;
  /** Between two pieces of a reply; event streams send comments more often. */
  readonly silenceMs: number;
}

export const defaultBackendWaits: BackendWaits = {
  connectMs: 3_000,
  answerMs: 60_000,
  modelMs: 330_000,
  storeMs: 600_000,
  silenceMs: 60_000,
};

/**
 * Routes that send the head of their reply when a model has answered. Other long ones send it early: responses after 15 s at the
 * latest.
 */
const waitsForModel = [/^\/v1\/responses\/input_tokens$/, /^\/v1\/vector_stores\/[^/]+\/search$/];

/**
 * How long the head of a reply may take after the end of the request.
 * @param flowed whether the body was streamed.
 */
export function chooseWait(waits: BackendWaits, path: string, flowed: boolean): number {
  if (flowed) return waits.storeMs;
  return waitsForModel.some((route) => route.test(path)) ? waits.modelMs : waits.answerMs;
}
