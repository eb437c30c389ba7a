/** How long a service behind the gateway is waited for. */
export interface BackendWaits {
  /** For a connection. */
  readonly connectMs: number;
  /** From the whole request to the head of its reply, where no more is asked than to look something up or to note it. */
  readonly answerMs: number;
  /** The same where the reply has to wait for a model: the services themselves give that up after 300 s. */
  readonly modelMs: number;
  /** The same where a body was passed on as it flowed: what was sent last is still to be stored. */
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
 * Routes whose reply has its head when a model has answered. Others that take long send theirs at once: responses after
 * 15 s at the latest.
 */
const waitsForModel = [/^\/v1\/responses\/input_tokens$/, /^\/v1\/vector_stores\/[^/]+\/search$/];

/**
 * From the whole request to the head of its reply.
 * @param flowed the body was passed on as it came.
 */
export function chooseWait(waits: BackendWaits, path: string, flowed: boolean): number {
  if (flowed) return waits.storeMs;
  return waitsForModel.some((route) => route.test(path)) ? waits.modelMs : waits.answerMs;
}
